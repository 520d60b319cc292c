"""The history of a row at the desk, and undoing a change of it."""

from functools import partial

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse

from r1540 import history
from r1540.history import publication
from r1540.history.audit import Wording, changes_of, parts_of
from r1540.history.undoing import NotUndoneError, undo_change, why_not

from . import guard
from .reasons import MISSING, ReasonForm

PER_PAGE = 25


class WithHistory:
    """For a ModelAdmin: its history page, which is there for a deleted row too."""

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        changes = self.changes(object_id)
        if row is None and not changes:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self.undo(request, row, changes)
        self.offer(request)
        context = self.history_context(request, row, changes) | (extra_context or {})
        return TemplateResponse(request, "admin/object_history.html", context)

    def changes(self, object_id):
        number = unquote(object_id)
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            return []
        return changes_of(self.model, int(number), parts_of(self.model, [inline.model for inline in self.inlines]))

    def history_context(self, request, row, changes):
        page = Paginator(changes, PER_PAGE).get_page(request.GET.get("p"))
        words = Wording(page.object_list)
        may_undo = self.has_change_permission(request, row) if row else self.has_add_permission(request)
        may, entries = self.asked_of(request), []
        for change in page:
            refused = why_not(change, changes, words, may) if may_undo else ""
            lines = [line for one in change.rows for line in words.lines(one)]
            entries.append({"change": change, "lines": lines, "may_undo": may_undo and not refused, "why_not": refused})
        name = row or words.name(next(one for change in changes for one in change.rows if one.part is None))
        return self.admin_site.each_context(request) | {
            "title": f"History: {name}",
            "entries": entries,
            "page": page,
            "object": row,
            "name": name,
            "opts": self.opts,
            "module_name": self.opts.verbose_name_plural,
            "reason_form": ReasonForm(),
        }

    def undo(self, request, row, changes):
        """Undo the posted change, and show the history again."""
        if row:  # from here on nobody publishes it meanwhile
            guard.lock_records(self, [row.pk])
            row.refresh_from_db()
        if not (self.has_change_permission(request, row) if row else self.has_add_permission(request)):
            raise PermissionDenied
        change = next((change for change in changes if change.key == request.POST.get("change")), None)
        reason = history.one_line(request.POST.get("reason", ""))
        if not reason:
            self.message_user(request, MISSING, messages.ERROR)
        elif change is None:
            self.message_user(request, "There is no such change.", messages.ERROR)
        else:
            self.undo_and_say(request, change, reason)
        return HttpResponseRedirect(request.get_full_path())

    def asked_of(self, request):
        """Return what answers whether the person may do something (a verb) with a model's rows."""

        def may(verb, model):
            asked = publication.may_alone if verb == "publish" else partial(publication.may, verb=verb)
            return asked(request.user, model=model)

        return may

    def undo_and_say(self, request, change, reason):
        when = f"{change.at:%-d %B %Y, %H:%M} UTC"
        try:
            with history.by(request.user, f"Undo of {when}: {reason}"):
                undo_change(change, Wording([change]), self.asked_of(request))
        except NotUndoneError as refused:
            self.message_user(request, f"Nothing was undone. {refused}", messages.ERROR)
        else:
            self.message_user(request, f"Undone: the change of {when} by {change.who}.")
