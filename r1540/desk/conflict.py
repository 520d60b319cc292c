"""Two people changed the same record: what each of them wants, field by field, in words."""

from datetime import date, datetime

from django import forms
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils import dateformat, timezone

from r1540.history.audit import changes_of, parts_of

NONE, DELETED = "none recorded", "deleted"
MOST_ROWS = 1000  # of an inline, as in Django's formsets


def last_saved(row) -> str:
    """Return in a sentence who saved a record last, and when, as its history says."""
    desk = admin.site.get_model_admin(type(row))
    changes = changes_of(type(row), row.pk, parts_of(type(row), [inline.model for inline in desk.inlines]))
    if not changes:
        return "Its history does not say by whom."
    is_gone = not type(row)._default_manager.filter(pk=row.pk).exists()
    return f"{'Deleted' if is_gone else 'Last saved'} by {changes[0].who}, {moment(changes[0].at)}."


def moment(at) -> str:
    """Return a time as people read it: 18 November 2013, 14:05:09 UTC."""
    at = timezone.localtime(at, timezone.get_default_timezone()) if timezone.is_aware(at) else at
    return f"{dateformat.format(at, 'j F Y')}, {at:%H:%M:%S} {at.tzname() or ''}".strip()


class Conflict:
    """Found when a form is sent that was opened on an older version of its record, or whose record is gone."""

    def __init__(self, model, key, is_deleted=False):
        self.row, self.is_deleted = model(pk=key), is_deleted

    @property
    def words(self):
        if self.is_deleted:
            return "Not saved: the record was deleted while you had it open. To add it anew as it stands here, save."
        return "Not saved: the record was changed while you had it open. To put yours in place of it, save again."

    def context(self, request, form, formsets):
        """Return what the page says: who and when, and (field, theirs, yours) wherever the two differ."""
        rows = [*compared(form), *(line for formset in formsets for line in compared_rows(formset))]
        if self.is_deleted:
            rows = [(name, DELETED, yours) for name, _, yours in rows if yours != NONE]
            rows += [(name, DELETED, yours) for name, yours in typed_elsewhere(request, form) if yours != NONE]
        return {"is_deleted": self.is_deleted, "rows": rows, "last_saved": last_saved(self.row)}


def compared(form):
    """Yield (label, theirs, yours) of each field of a form that was sent and differs from what is recorded."""
    for bound in form.visible_fields():
        try:
            form._meta.model._meta.get_field(bound.name)
        except FieldDoesNotExist:
            continue  # asked by the form, not kept in the record
        theirs = value_in_words(bound.field, bound.initial)
        yours = value_in_words(bound.field, form.cleaned_data.get(bound.name, bound.data))
        if theirs != yours:
            yield label_of(bound), theirs, yours


def label_of(bound):
    """Return the label of a field, with a capital letter."""
    return str(bound.label)[:1].upper() + str(bound.label)[1:]


def compared_rows(formset):
    """Yield (label, theirs, yours) of each field that differs in rows of an inline, and of rows that one side lacks."""
    name = str(formset.model._meta.verbose_name).capitalize()
    recorded = {row.pk: f"{name}, {row}" for row in formset.queryset.all()}
    for form in formset.forms:
        title = recorded.pop(form.instance.pk, "")
        if title and formset._should_delete_form(form):
            yield title, "recorded", DELETED
        elif title:
            yield from ((f"{title}: {label}", theirs, yours) for label, theirs, yours in compared(form))
        elif form.has_changed():
            yield name, NONE, "; ".join(f"{label}: {yours}" for label, _, yours in compared(form))
    yield from ((title, "recorded", "not in your form") for title in recorded.values())


def typed_elsewhere(request, form):
    """Yield (label, value) of what was typed in fields that the form of a new record lacks, as that of a user does."""
    for name in request.POST:
        try:
            field = form._meta.model._meta.get_field(name).formfield() if name not in form.fields else None
        except (AttributeError, FieldDoesNotExist):
            continue
        if field:
            many = isinstance(field, forms.ModelMultipleChoiceField)
            typed = request.POST.getlist(name) if many else request.POST[name]
            yield str(field.label), value_in_words(field, typed)


def value_in_words(field, value) -> str:
    """Return a value of a form field as people read it: names of rows, labels of choices, dates in UN style."""
    if isinstance(field, forms.ModelChoiceField):
        return names_of(field, value)
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, forms.ChoiceField):
        value = dict(field.choices).get(value, value) if value else ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return dateformat.format(value, "j F Y")  # of any year, also one that is refused
    return "\n".join(str("" if value is None else value).split("\r\n")).strip() or NONE


def names_of(field, value) -> str:
    """Return the names of the rows that were chosen, or their keys where these are none."""
    many = isinstance(field, forms.ModelMultipleChoiceField)
    keys = [getattr(row, "pk", row) for row in (value or () if many else [value] if value else ())]
    try:
        return "; ".join(map(str, field.queryset.filter(pk__in=keys))) or NONE
    except (ValidationError, ValueError, OverflowError):
        return "; ".join(map(str, keys))


def keep_rows(desk, request, key):
    """Make new rows, in what was sent, of the rows of inlines that were deleted meanwhile, so that it can be saved."""
    data = request.POST.copy()
    for formset, _ in desk.get_formsets_with_inlines(request, None):
        prefix, own = formset.get_default_prefix(), formset.model._meta.pk.name
        there = {str(pk) for pk in formset.model.objects.filter(**{formset.fk.name: key}).values_list("pk", flat=True)}
        rows = taken_out(data, prefix)
        kept = [row for row in rows if row.get(own, [""])[0] in there]
        new = [row for row in rows if row not in kept and "DELETE" not in row]
        new = [{name: values for name, values in row.items() if name not in (own, formset.fk.name)} for row in new]
        for number, row in enumerate([*kept, *new]):
            for name, values in row.items():
                data.setlist(f"{prefix}-{number}-{name}", values)
        if f"{prefix}-TOTAL_FORMS" in data:
            data[f"{prefix}-INITIAL_FORMS"], data[f"{prefix}-TOTAL_FORMS"] = str(len(kept)), str(len(kept) + len(new))
    request.POST = data


def taken_out(data, prefix):
    """Take the rows of an inline out of what was sent, and return them as {field: values}."""
    rows = {}
    for name in list(data):
        number, _, field = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and number.isdecimal() and int(number) < MOST_ROWS:
            rows.setdefault(int(number), {})[field] = data.pop(name)
    return [rows[number] for number in sorted(rows)]
