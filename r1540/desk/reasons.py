"""Why something was changed: asked of whoever changes, deletes, unpublishes or acts on several rows at the desk.

The reason goes with the name of the person into the history (see signing_in/admin_site.py and history/tracking.py).
"""

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst

from r1540 import history

from .signing_in import kept
from .signing_in.admin_site import check_ids

MISSING = "Nothing was changed. Say why, in the field “Reason”: it goes into the history."
NOT_SAID = "Say in a few words why: it goes into the history."
UNCHANGED = "Nothing was changed, so nothing was saved: this is as it was."
NAMED = 50  # rows of an action that is asked why
OFFERED = 8
LOOKED_THROUGH = 300  # the latest events of this kind of record


class ReasonField(forms.CharField):
    """One short line; it is no field of the record, so it never counts as a change of it."""

    def __init__(self, required=True):
        widget = forms.TextInput(attrs={"list": "reasons-offered", "size": 60, "autocomplete": "off"})
        super().__init__(
            label="Reason",
            max_length=history.REASON_LENGTH,
            required=required,
            widget=widget,
            error_messages={"required": NOT_SAID},
        )

    def has_changed(self, initial, data):
        return False


class ReasonForm(forms.Form):
    reason = ReasonField()


class ActionWithReason(ActionForm):
    reason = ReasonField(required=False)


def reasons_of(user, model) -> list[str]:
    """Return the last different reasons that somebody gave for changes of this kind of record."""
    latest = history.events_of(model).objects.order_by("-pgh_id")[:LOOKED_THROUGH]
    said = latest.values_list("pgh_context__user", "pgh_context__why")
    return list(dict.fromkeys(why for who, why in said if who == user.pk and why))[:OFFERED]


class AsksWhy:
    """A form that asks for a reason if it, or one of the inlines below it, changes anything."""

    def full_clean(self):
        super().full_clean()
        if not self.is_bound or "reason" in self.errors:
            return
        is_changed = any(one.has_changed() for one in (self, *getattr(self.request, "inlines_sent", ())))
        if is_changed and not history.one_line(self.cleaned_data.get("reason", "")):
            self.add_error("reason", NOT_SAID)


class WithReasons:
    """For a ModelAdmin: a reason on each change, deletion and action; not to add one, nor to check or publish one.

    A form in which nothing was changed asks for none, and leaves nothing in the history.
    """

    action_form = ActionWithReason

    def offer(self, request):
        """Offer somebody their last reasons, asked of the database if the page shows them."""
        request.reasons_offered = SimpleLazyObject(lambda: reasons_of(request.user, self.model))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None or not self.has_change_permission(request, obj):
            return form
        return type(form)(form.__name__, (AsksWhy, form), {"request": request, "reason": ReasonField(required=False)})

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        if request.method == "POST":
            request.inlines_sent = formsets
        return formsets, inlines

    def save_model(self, request, obj, form, change):
        if not change or form.changed_data:
            super().save_model(request, obj, form, change)

    def log_change(self, request, obj, message):
        request.is_unchanged = not message
        return super().log_change(request, obj, message) if message else None

    def response_change(self, request, obj):
        """Say of a form that changed nothing that it did not."""
        said = messages.get_messages(request)._queued_messages
        before = len(said)
        answer = super().response_change(request, obj)
        if getattr(request, "is_unchanged", False):
            del said[before:]
            self.message_user(request, f"{obj}: {UNCHANGED[0].lower()}{UNCHANGED[1:]}", messages.INFO)
        return answer

    def changeform_view(self, request, *args, **kwargs):
        self.offer(request)
        return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        self.offer(request)
        if kept.CARRIED in request.GET:
            typed = kept.give_back(request)
            return self.confirm_again(request, typed) if typed else HttpResponseRedirect(kept.address_of(request))
        return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request, object_id, extra_context=None):
        """Ask for the confirmation again where the reason is missing."""
        self.offer(request)
        if typed := kept.give_back(request) or {}:
            self.message_user(request, request.given_back, messages.WARNING)
        form = ReasonForm(request.POST if request.method == "POST" else None, initial={"reason": typed.get("reason")})
        if request.method == "POST" and not form.is_valid():
            request.method, request.POST = "GET", QueryDict()
        return super().delete_view(request, object_id, (extra_context or {}) | {"reason_form": form})

    def response_action(self, request, queryset):
        """Ask for the reason of an action where it is missing, on a page that carries what was chosen."""
        if history.one_line(request.POST.get("reason", "")) or not self.asks_why(request):
            return super().response_action(request, queryset)
        if "post" in request.POST:
            self.message_user(request, MISSING, messages.ERROR)
            request.POST = request.POST.copy()
            del request.POST["post"]  # the confirmation again
            return super().response_action(request, queryset)
        return self.ask_why(request, queryset)

    def ask_why(self, request, queryset):
        """Return the page that asks why an action is to be done with the rows that were chosen."""
        posted = request.POST
        action = next((one for one in posted.getlist("action") if one), "")
        words = dict(self.get_action_choices(request)).get(action)
        chosen = posted.getlist(ACTION_CHECKBOX_NAME)
        is_across = posted.get("select_across") == "1"
        rows = queryset if is_across else queryset.filter(pk__in=chosen)
        count = rows.count()
        if not words or not count:
            return super().response_action(request, queryset)  # which says what is wrong
        carried = [(ACTION_CHECKBOX_NAME, key) for key in chosen]
        carried += [("_seen", " ".join(posted.getlist("_seen"))), ("action", action), ("index", 0)]
        context = self.admin_site.each_context(request) | {
            "title": capfirst(words),
            "opts": self.opts,
            "rows": rows[:NAMED],
            "more": count - NAMED,
            "carried": [*carried, ("select_across", 1)] if is_across else carried,
            "address": kept.address_of(request),
            "said": getattr(request, "given_back", "Nothing is done yet."),
            "reason_form": ReasonForm(initial={"reason": posted.get("reason", "")}) if self.asks_why(request) else None,
        }
        return TemplateResponse(request, "admin/ask_why.html", context)

    def confirm_again(self, request, typed):
        """Return the page that asks whether to do an action that could not be done; its rights are asked again."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        request.GET = request.GET.copy()
        del request.GET[kept.CARRIED]
        typed.pop("post", None)
        request.POST = typed
        check_ids(request)
        rows = self.get_changelist_instance(request).get_queryset(request)
        if dict(self.get_action_choices(request)).get(typed.get("action")) and typed.getlist(ACTION_CHECKBOX_NAME):
            return self.ask_why(request, rows)
        return HttpResponseRedirect(request.get_full_path())

    def asks_why(self, request) -> bool:
        """Return whether an action needs a reason now; not before a confirmation, which asks for one itself."""
        posted = request.POST
        actions = set(posted.getlist("action")) - {""}
        many = len(posted.getlist("_selected_action")) > 1 or posted.get("select_across") not in (None, "", "0")
        if actions == {"delete_selected"}:
            return "post" in posted
        return bool(actions) and (many or not actions <= {"mark_checked", "publish"})
