"""Saved filters: the query parameters of a list of the desk, saved under a name, for their owner or for all staff.

A saved filter is opened at an address of its own, which checks it before it leads to the list: it never shows rows that
it does not ask for. One that names a choice or a record that is gone shows no rows, and says so. How a list is sorted
is not saved: an address says it by the number of a column, which is another column to whoever sees others.
"""

from urllib.parse import unquote_plus
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DataError, transaction
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from r1540.gate import CONTROL
from r1540.models import SavedFilter

from .base import changelist_address
from .guard import once

MOST = 50  # of one person
MOST_PARAMETERS = 20
MOST_OFFERED = 60  # on a list or on the first page: one's own first, the rest on the page of all
NO_FILTER = "The list is neither filtered nor searched: choose a filter, or search, then save."
TOO_LONG = "The filter is longer than 2,000 characters: leave something out."
LEFT_OUT = {PAGE_VAR, ERROR_FLAG, ORDER_VAR, ALL_VAR, IS_POPUP_VAR, IS_FACETS_VAR, TO_FIELD_VAR}

UNREADABLE = (IncorrectLookupParameters, SuspiciousOperation, DataError, IndexError, OverflowError, ValueError)


class NotAnsweredError(Exception):
    """Says in a sentence why a list cannot be shown for a saved filter."""


def count_rows(request, desk, parameters: str) -> int:
    """Count the rows of the list of a ModelAdmin for these parameters. Raise NotAnsweredError unless it reads each.

    Django's own list leads on to the whole list for what it cannot read, passes over what only a filter without choices
    would read, and takes the last of several values.
    """
    asked, own = QueryDict(parameters), request.GET
    if CONTROL.search(unquote_plus(parameters)):
        raise NotAnsweredError("A part of it holds a control character.")
    request.GET = asked
    try:
        with transaction.atomic():
            changelist = desk.get_changelist_instance(request)
            others = changelist.get_filters(request)[2]
    except UNREADABLE as error:
        raise NotAnsweredError("Its list has no such filter, or cannot read a value.") from error
    finally:
        request.GET = own
    names = {*others, *(name for spec in changelist.filter_specs for name in spec.used_parameters)}
    names |= {SEARCH_VAR} if changelist.search_fields else set()
    names |= {f"{desk.date_hierarchy}__{unit}" for unit in ("year", "month", "day")}
    for name, values in asked.lists():
        if name not in names:
            raise NotAnsweredError(f"Its list has no filter “{name}”.")
        if len(values) > 1:
            raise NotAnsweredError(f"“{name}” stands in it {len(values)} times; each part is saved once.")
    return changelist.result_count


def normalised(asked: QueryDict) -> str:
    """Return the parameters of a list, each pair once and in one order; nothing for the whole list."""
    pairs = {(name, value) for name, values in asked.lists() if name not in LEFT_OUT for value in values}
    searched = {(name, value.strip()) if name == SEARCH_VAR else (name, value) for name, value in pairs}
    return urlencode(sorted(searched - {(SEARCH_VAR, "")}))


def desks() -> dict:
    """Return the ModelAdmin of each list there is, by the name that a saved filter has for it."""
    return {model._meta.label_lower: desk for model, desk in admin.site._registry.items()}


# What is offered


def offered(request, **conditions) -> list[SavedFilter]:
    """Return the saved filters of the person and those for all staff, of lists the person may see; one's own first."""
    may_see = [name for name, desk in desks().items() if desk.has_view_or_change_permission(request)]
    found = SavedFilter.objects.offered(request.user).filter(**conditions)
    rows = [row for row in found if row.model in may_see or row.owner == request.user]
    return sorted(rows, key=lambda row: (row.owner != request.user, row.name.casefold(), row.pk))


def by_list(request, rows) -> list[dict]:
    """Return saved filters below the name of their list; of a list that is gone, below the name it had."""
    known, groups = desks(), {}
    for row in rows:
        name = known[row.model].opts.verbose_name_plural if row.model in known else row.model
        groups.setdefault(str(name), []).append(entry_of(request, row))
    return [{"name": name, "rows": groups[name]} for name in sorted(groups, key=str.casefold)]


def entry_of(request, row) -> dict:
    """Return a saved filter as the pages list it."""
    is_own = row.owner_id == request.user.pk
    return {"row": row, "is_own": is_own, "may_change": is_own or request.user.is_superuser, "submission": uuid4()}


def saved_of_list(request, model) -> dict:
    """Return what the page of a list shows: its saved filters, and what may be saved now."""
    now, rows = normalised(request.GET), offered(request, model=model._meta.label_lower)
    return {
        "rows": [entry_of(request, row) | {"is_open": row.parameters == now} for row in rows[:MOST_OFFERED]],
        "form": SavedFilterForm(auto_id="saved_%s") if now else None,
        "parameters": now,
        "model": model._meta.label_lower,
        "submission": uuid4(),
    }


# Forms


class NameForm(forms.ModelForm):
    class Meta:
        model = SavedFilter
        fields = ["name", "is_for_all"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        if CONTROL.search(name):
            raise ValidationError("A name holds no control character and no line break.")
        if not any(letter.isalnum() for letter in name):
            raise ValidationError("A name holds at least one letter or digit.")
        own = SavedFilter.objects.filter(owner=self.instance.owner, model=self.instance.model)
        if own.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("A saved filter of this list has this name already. Choose another one.")
        return name


class SavedFilterForm(NameForm):
    request = desk = None

    class Meta(NameForm.Meta):
        fields = ["name", "is_for_all", "parameters"]
        widgets = {"parameters": forms.HiddenInput}
        error_messages = {"parameters": {"required": NO_FILTER, "max_length": TOO_LONG}}

    def clean_parameters(self):
        parameters = normalised(QueryDict(self.cleaned_data["parameters"]))
        if not parameters:
            raise ValidationError(NO_FILTER)
        if (parts := len(parameters.split("&"))) > MOST_PARAMETERS:
            raise ValidationError(f"The filter has {parts} parts; at most {MOST_PARAMETERS} are kept.")
        try:
            count_rows(self.request, self.desk, parameters)
        except NotAnsweredError as error:
            raise ValidationError(str(error)) from error
        return parameters

    def clean(self):
        if self.instance.owner.saved_filters.count() >= MOST:
            raise ValidationError(f"You have {MOST} saved filters, and nobody keeps more. Delete one first.")
        return super().clean()


# Pages


def saved_page(request, template, **context):
    return TemplateResponse(request, f"admin/saved_filters/{template}.html", admin.site.each_context(request) | context)


def find_saved(request, number) -> SavedFilter:
    """Return a saved filter. Raise Http404 for one that is not there, or is private to somebody else."""
    rows = SavedFilter.objects.select_related("owner")
    rows = rows if request.user.is_superuser else rows.offered(request.user)
    if (row := rows.filter(pk=number).first()) is None:
        raise Http404("There is no such saved filter: its owner may have deleted it, or keeps it private.")
    return row


def changeable(request, number) -> SavedFilter:
    """Return a saved filter that this person may change. Raise Http404, or PermissionDenied if they may not."""
    row = find_saved(request, number)
    if not entry_of(request, row)["may_change"]:
        raise PermissionDenied(f"Only {row.owner}, who saved this filter, and superusers change or delete it.")
    return row


def lock_owner(user):
    """Lock a person, so that of two equal names sent at once one is refused in words."""
    return get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)


@require_http_methods(["GET", "POST"])
def all_saved(request):
    """Show all that is offered to a person; when posted, save a new one."""
    if request.method == "POST":
        return once(request, lambda: add_saved(request))
    return saved_page(request, "all", title="Saved filters", groups=by_list(request, offered(request)), most=MOST)


def add_saved(request):
    desk = desks().get(request.POST.get("model", ""))
    if desk is None:
        raise Http404("There is no such list.")
    if not desk.has_view_or_change_permission(request):
        raise PermissionDenied(f"You may not see the list of {desk.opts.verbose_name_plural}.")
    row = SavedFilter(owner=lock_owner(request.user), model=desk.opts.label_lower)
    form = SavedFilterForm(request.POST, instance=row)
    form.request, form.desk = request, desk
    if form.is_valid():
        form.save()
        messages.success(
            request, f"Saved: the filter “{row}”, {'for all staff' if row.is_for_all else 'for you only'}."
        )
        return redirect(f"{changelist_address(desk.model)}?{row.parameters}")
    return saved_page(request, "form", title="Save a filter", form=form, row=row, submission=uuid4())


@require_GET
def open_saved(request, number):
    """Lead to the list, if it still reads all of the filter; otherwise show a page that says why not."""
    row = find_saved(request, number)
    desk = desks().get(row.model)
    if desk and not desk.has_view_or_change_permission(request) and row.owner != request.user:
        raise PermissionDenied(f"You may not see the list of {desk.opts.verbose_name_plural}.")
    try:
        if desk is None:
            raise NotAnsweredError(f"Its list, {row.model}, is no longer at the desk.")
        if not desk.has_view_or_change_permission(request):
            raise NotAnsweredError(f"You may no longer see the list of {desk.opts.verbose_name_plural}.")
        rows = count_rows(request, desk, row.parameters)
    except NotAnsweredError as error:
        context = {"one": entry_of(request, row), "reason": str(error), "asked": QueryDict(row.parameters).lists()}
        context["list"] = changelist_address(desk.model) if desk and desk.has_view_or_change_permission(request) else ""
        return saved_page(request, "stale", title="A saved filter is no longer understood", **context)
    if not rows:
        messages.info(request, f"The filter “{row}” shows no rows. It may name a choice or a record that is gone.")
    return redirect(f"{changelist_address(desk.model)}?{row.parameters}")


@require_http_methods(["GET", "POST"])
def change_saved(request, number):
    """Change the name of a saved filter, and for whom it is."""
    if request.method == "POST":
        return once(request, lambda: save_name(request, number))
    return save_name(request, number)


def save_name(request, number):
    row = changeable(request, number)
    lock_owner(row.owner)
    form = NameForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_valid():
        form.save()
        messages.success(request, f"Changed: the saved filter “{row}”.")
        return redirect("saved-filters")
    return saved_page(request, "form", title="Change a saved filter", form=form, row=row, submission=uuid4())


@require_POST
def delete_saved(request, number):
    """Delete a saved filter."""

    def answer():
        row = changeable(request, number)
        row.delete()
        messages.success(request, f"Deleted: the saved filter “{row}”.")
        return HttpResponseRedirect(reverse("saved-filters"))

    return once(request, answer)
