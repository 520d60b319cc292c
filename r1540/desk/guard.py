"""The guard of every form at the desk: nobody's change is lost, and nothing is saved twice.

A form carries a token: a digest of the versions of the record's own row, of the rows of its inlines and of its
many-to-many rows, read before what the form shows. Saving locks these rows, computes the token again, and is refused
if it has changed. The same holds for deleting, for setting a password, and for an action on a list, which carries the
token of each row it shows. Rows that a list does not show ("select all 300 reports") were seen by nobody: they are
locked, not compared.

What could not be taken, because its session had ended, is shown again as a form that is refused (signing_in/kept.py).

A form also carries a key of its own. When it is saved, the key is stored with the address that saving led to: a form
that is sent twice is saved once, and leads to that address again.
"""

import hashlib
import uuid
from datetime import timedelta

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.forms.models import _get_foreign_key
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import format_html

from r1540.models import Submission

from . import conflict
from .forms import summed_up
from .signing_in import kept
from .strict import StrictList

TOKEN, SUBMISSION, SEEN = "_token", "_submission", "_seen"
KEPT = timedelta(days=7)  # longer than a browser keeps a page that somebody may send again


def tables_of(desk):
    """Yield where the rows of a record are: (table, its column that holds the record's key, its own key)."""
    options = desk.opts
    yield options.db_table, options.pk.column, options.pk.column
    for inline in desk.inlines:
        key = _get_foreign_key(desk.model, inline.model, fk_name=inline.fk_name)
        yield inline.model._meta.db_table, key.column, inline.model._meta.pk.column
    for field in options.many_to_many:
        yield field.m2m_db_table(), field.m2m_column_name(), field.remote_field.through._meta.pk.column


def lock_records(desk, keys):
    """Let nobody else change these records until the end of the transaction; always in the same order."""
    with connection.cursor() as cursor:
        for table, owner, key in tables_of(desk):
            where = f'WHERE "{owner}" = ANY(%s) ORDER BY "{key}"'
            cursor.execute(f'SELECT 1 FROM "{table}" {where} FOR NO KEY UPDATE', [keys])


def tokens(desk, keys) -> dict:
    """Return the token of each of these records that there is."""
    versions = {}
    with connection.cursor() as cursor:
        for number, (table, owner, key) in enumerate(tables_of(desk)):
            cursor.execute(
                f'SELECT "{owner}", "{key}", xmin::text, ctid::text FROM "{table}" WHERE "{owner}" = ANY(%s) '
                f'ORDER BY "{key}"',
                [keys],
            )
            for record, *version in cursor.fetchall():
                if number == 0:
                    versions[record] = hashlib.sha256(desk.opts.label.encode())
                if record in versions:
                    versions[record].update(repr((number, *version)).encode())
    return {record: version.hexdigest()[:32] for record, version in versions.items()}


def once(request, save):
    """Return the answer of `save`; to a form that was sent and saved before, the answer it had then."""
    try:
        key = uuid.UUID(request.POST.get(SUBMISSION, ""))
    except ValueError:
        return save()
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)  # another one each time the page is loaded, as after Back
    # With the site's secret: what is typed may be a password.
    typed = salted_hmac(SUBMISSION, sent.urlencode(), algorithm="sha256").hexdigest()
    Submission.objects.filter(sent_at__lt=timezone.now() - KEPT).delete()
    # Somebody who sends the same at this moment waits here for the end of the other transaction.
    sent, is_new = Submission.objects.get_or_create(user_id=request.user.pk, key=key, defaults={"typed": typed})
    if not is_new:
        return again(request, sent, save) if sent.typed != typed else repeat(request, sent)
    answer = save()
    sent.led_to = answer.get("Location") or answer.context_data.get("popup_response_data", "")
    if sent.led_to:
        sent.said = list(messages.get_messages(request)._queued_messages)
        sent.save()
    else:
        sent.delete()  # the form again: nothing was saved
    return answer


def repeat(request, sent):
    """Answer as when this form was sent first."""
    if sent.led_to.startswith("{"):
        return TemplateResponse(request, "admin/popup_response.html", {"popup_response_data": sent.led_to})
    for message in sent.said:
        messages.add_message(request, message.level, message.message, message.extra_tags)
    messages.info(request, "This form was sent twice, and counted once.")
    return HttpResponseRedirect(sent.led_to)


def again(request, sent, save):
    """Show a form again that is saved already and was then sent with other values."""
    request.refused_by_guard = "Not saved yet: this form was saved already, a moment ago, with other values. Look at "
    request.refused_by_guard += "what was saved; to save what is typed here as well, save again."
    return save()


class Refused:
    """A form that shows all that was typed, and saves nothing."""

    def full_clean(self):
        super().full_clean()
        if self.is_bound:
            self.add_error(None, self.words)


class Guarded(StrictList):
    """What every admin of this site is."""

    def key(self, object_id):
        """Return the key that an address or a posted value says; None for what is no key."""
        try:
            return self.opts.pk.to_python(unquote(str(object_id)))
        except ValidationError:
            return None

    # Add and change

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.POST.get(TO_FIELD_VAR, self.opts.pk.name) != self.opts.pk.name:
            raise DisallowedModelAdminToField("A record is saved by its own key only.")

        def save():
            return self.save_unless_stale(request, object_id, form_url, extra_context)

        if request.method == "POST":
            with transaction.atomic():
                answer = once(request, save)
            if answer.status_code == 302:
                kept.forget(request)
            return answer
        if typed := kept.give_back(request):
            request.method, request.POST = "POST", typed
            request.refused_by_guard = f"{request.given_back} Look at it, then save."
            with transaction.atomic():
                return save()  # which saves nothing, as the form is refused
        return self.form_with_token(request, object_id, form_url, extra_context)

    def form_with_token(self, request, object_id, form_url, context):
        key = self.key(object_id)
        carried = {"token": tokens(self, [key]).get(key) if key else None, "submission": uuid.uuid4()}
        return super().changeform_view(request, object_id, form_url, {**(context or {}), **carried})

    def save_unless_stale(self, request, object_id, form_url, context):
        key = self.key(object_id) if object_id else None
        if key:
            lock_records(self, [key])
            token = tokens(self, [key]).get(key)
            if token is None and TOKEN in request.POST:
                request.conflict = conflict.Conflict(self.model, key, is_deleted=True)
                object_id, form_url = None, reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
            elif token and token != request.POST.get(TOKEN):
                request.conflict = conflict.Conflict(self.model, key)
            if found := getattr(request, "conflict", None):
                said = getattr(request, "refused_by_guard", "")
                request.refused_by_guard = f"{said} {found.words}".strip()
                conflict.keep_rows(self, request, key)
        return self.form_with_token(request, object_id, form_url, context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        words = getattr(request, "refused_by_guard", None)
        return type(form)(form.__name__, (Refused, form), {"words": words}) if words else form

    def render_change_form(self, request, context, *args, **kwargs):
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        if found := getattr(request, "conflict", None):
            context["conflict"] = found.context(request, context["adminform"].form, formsets)
        # In the place of Django's "Please correct the errors below."
        context |= {"errors": None, "wrong": summed_up(context["adminform"].form, formsets)}
        return super().render_change_form(request, context, *args, **kwargs)

    # Delete, and other decisions about one record

    def delete_view(self, request, object_id, extra_context=None):
        def view(carried):
            return super(Guarded, self).delete_view(request, object_id, {**(extra_context or {}), **carried})

        return self.unless_stale(request, object_id, view, self.has_delete_permission)

    def unless_stale(self, request, object_id, view, permits):
        """Answer with a view that asks for a decision about a record, unless that changed since its page was shown.

        The view is given what its page has to carry.
        """
        key, is_sent = self.key(object_id), request.method == "POST"

        def answer():
            if is_sent:
                lock_records(self, [key])
            token = tokens(self, [key]).get(key)
            row = self.get_object(request, unquote(object_id)) if is_sent and token else None
            if row and token != request.POST.get(TOKEN) and permits(request, row):
                words = f"Not done: {row} was changed since this page was shown. {conflict.last_saved(row)}"
                messages.error(request, f"{words} Look at it as it is now, then confirm again.")
                return HttpResponseRedirect(request.get_full_path())
            return view({"token": token, "submission": uuid.uuid4()})

        with transaction.atomic():
            return once(request, answer) if is_sent else answer()

    # Lists and actions

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        read = tokens(self, list(changelist.result_list.values_list("pk", flat=True)))
        for row in changelist.result_list:
            row.token = read.get(row.pk, "")
        return changelist

    def action_checkbox(self, obj):
        seen = format_html('<input type="hidden" name="{}" value="{}:{}">', SEEN, obj.pk, obj.token)
        return super().action_checkbox(obj) + seen

    def response_action(self, request, queryset):
        chosen = {self.key(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)}
        seen = dict(pair.split(":", 1) for pair in " ".join(request.POST.getlist(SEEN)).split() if ":" in pair)
        is_across = request.POST.get("select_across") == "1"
        with transaction.atomic():
            keys = list(queryset.values_list("pk", flat=True)) if is_across else [key for key in chosen if key]
            lock_records(self, keys)
            now = tokens(self, keys)
            stale = [key for key in chosen if now.get(key, "deleted") != seen.get(str(key))]
            if stale:
                return messages.error(request, self.words_of_stale(stale))
            answer = super().response_action(request, queryset)
        if isinstance(answer, TemplateResponse):
            answer.context_data["seen"] = " ".join(f"{key}:{token}" for key, token in now.items())
        return answer

    def words_of_stale(self, keys):
        rows = self.model._default_manager.filter(pk__in=[key for key in keys if key])[:20]
        changed = "; ".join(f"{row} ({conflict.last_saved(row)})" for row in rows)
        gone = "" if len(rows) == min(len(keys), 20) else " Some were deleted."
        return (
            f"Nothing was done. Changed since this list was shown: {changed or 'none'}.{gone} Look, then choose again."
        )
