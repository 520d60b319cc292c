"""Why something was changed: asked of whoever changes, deletes, unpublishes or acts on several rows at the desk.

The reason goes with the name of the person into the history (see signing_in/admin_site.py and history/tracking.py).
"""

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ActionForm
from django.http import HttpResponseRedirect, QueryDict
from django.utils.functional import SimpleLazyObject

from r1540 import history

MISSING = "Nothing was changed. Say why, in the field “Reason”: it goes into the history."
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
            error_messages={"required": "Say in a few words why: it goes into the history."},
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


class WithReasons:
    """For a ModelAdmin: a reason on each change, deletion and action; not to add one, nor to check or publish one."""

    action_form = ActionWithReason

    def offer(self, request):
        """Offer somebody their last reasons, asked of the database if the page shows them."""
        request.reasons_offered = SimpleLazyObject(lambda: reasons_of(request.user, self.model))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and self.has_change_permission(request, obj):
            form.base_fields["reason"] = ReasonField()
        return form

    def changeform_view(self, request, *args, **kwargs):
        self.offer(request)
        return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        self.offer(request)
        return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request, object_id, extra_context=None):
        """Ask for the confirmation again where the reason is missing."""
        self.offer(request)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and not form.is_valid():
            request.method, request.POST = "GET", QueryDict()
        return super().delete_view(request, object_id, (extra_context or {}) | {"reason_form": form})

    def response_action(self, request, queryset):
        if history.one_line(request.POST.get("reason", "")) or not self.asks_why(request):
            return super().response_action(request, queryset)
        self.message_user(request, MISSING, messages.ERROR)
        if "post" not in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        request.POST = request.POST.copy()
        del request.POST["post"]  # the confirmation again
        return super().response_action(request, queryset)

    def asks_why(self, request) -> bool:
        """Return whether an action needs a reason now; not before a confirmation, which asks for one itself."""
        posted = request.POST
        actions = set(posted.getlist("action")) - {""}
        many = len(posted.getlist("_selected_action")) > 1 or posted.get("select_across") not in (None, "", "0")
        if actions == {"delete_selected"}:
            return "post" in posted
        return bool(actions) and (many or not actions <= {"mark_checked", "publish"})
