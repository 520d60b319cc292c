"""Facts and their sources: logged, checked against the source, published, each step with its permission."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import model_ngettext
from django.db import transaction
from django.db.models import Q

from r1540.history import publication

from . import steps
from .base import DeskAdmin
from .waiting import NO_SOURCE, STEPS, WaitingFilter

NAMED = 20  # rows of a refusal
NOT_YOUR_OWN = "somebody else does that for what you logged or changed yourself"


class FactAdmin(DeskAdmin):
    actions = ["mark_checked", "publish", "unpublish"]
    waiting = [*STEPS, NO_SOURCE]

    def get_list_filter(self, request):
        return [WaitingFilter, *super().get_list_filter(request)]

    @admin.display(description="publication", ordering="published")
    def publication(self, obj):
        """Return how far a fact has come, for the column of the list."""
        return obj.step

    def has_check_permission(self, request):
        return publication.may(request.user, "check", self.model)

    def has_publish_permission(self, request):
        return publication.may(request.user, "publish", self.model)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.may_touch(request, obj)

    def may_touch(self, request, obj):
        """Return whether somebody may change or delete a row: a published one not, under the two-person rule."""
        return obj is None or not obj.published or publication.may_alone(request.user, self.model)

    def get_queryset(self, request):
        """Return the rows with what their words need, also in autocompletes, filters and actions."""
        rows = super().get_queryset(request)
        return rows.select_related(*self.list_select_related) if self.list_select_related else rows

    def get_readonly_fields(self, request, obj=None):
        """Add the reference once the row is there: it is given once, for ever."""
        return [*super().get_readonly_fields(request, obj), *(["reference"] if obj else [])]

    def get_search_results(self, request, queryset, search_term):
        """Find facts also by whatever their State is found by."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        fields = {field.name: field for field in self.opts.get_fields()}
        if "state" not in fields or not search_term.split():
            return found, may_repeat
        model = fields["state"].related_model
        desk = self.admin_site.get_model_admin(model)
        states, _ = desk.get_search_results(request, model.objects.all(), search_term)
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(state__in=states.values("pk"))), False

    def render_change_form(self, request, context, *args, **kwargs):
        context |= {
            "has_check_permission": self.has_check_permission(request),
            "has_publish_permission": self.has_publish_permission(request),
            "is_kept_by_two": settings.TWO_PERSON_RULE,
        }
        if row := context.get("original"):
            context |= {"story": steps.story(row), "is_own": bool(steps.entered_by(request.user, [row]))}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request, form, formsets, change):
        """Take the check back when sources or organizations change too: they are rows of other tables."""
        super().save_related(request, form, formsets, change)
        if {field.name for field in self.opts.many_to_many} & {*form.changed_data}:
            publication.lapse(self.model, [form.instance.pk])

    @admin.action(permissions=["check"], description="Check selected %(verbose_name_plural)s against their source")
    def mark_checked(self, request, queryset):
        """Check rows, all or none: not what somebody entered themselves."""
        with transaction.atomic():
            rows = self.locked(request, queryset, checked=False)
            if own := steps.entered_by(request.user, rows):
                return self.refuse(request, f"Nothing was checked: {NOT_YOUR_OWN}", own)
            self.mark(request, rows, "Checked.", checked=True)
        self.message_user(request, f"Checked: {counted(self.opts, rows)}.")

    @admin.action(permissions=["publish"], description="Publish selected %(verbose_name_plural)s")
    def publish(self, request, queryset):
        """Publish checked rows and the sources they cite, all or none: not what somebody entered themselves."""
        with transaction.atomic():
            rows = self.locked(request, queryset, published=False)
            sources = self.cited(rows)
            if unchecked := [row for row in rows if not row.checked]:
                return self.refuse(request, "Nothing was published: check it against its source first", unchecked)
            if own := steps.entered_by(request.user, rows) + steps.entered_by(request.user, sources):
                return self.refuse(request, f"Nothing was published: {NOT_YOUR_OWN}", own)
            self.mark(request, rows, "Published.", published=True)
            self.mark(request, sources, "Published.", published=True)
        also = f", and what they cite: {'; '.join(map(str, sources))}" if sources else ""
        self.message_user(request, f"Published: {counted(self.opts, rows)}{also}.")
        if bare := self.without_source(request, rows):
            self.message_user(request, f"No source is recorded for: {'; '.join(map(str, bare))}.", "WARNING")

    @admin.action(permissions=["publish"], description="Unpublish selected %(verbose_name_plural)s")
    def unpublish(self, request, queryset):
        """Unpublish rows, all or none: not what published facts cite."""
        with transaction.atomic():
            rows = self.locked(request, queryset, published=True)
            if needed := self.needed_by(rows):
                return self.refuse(request, "Nothing was unpublished: published facts cite it", needed)
            self.mark(request, rows, "Unpublished.", published=False)
        self.message_user(request, f"Unpublished: {counted(self.opts, rows)}. Sources stay as they were.")

    def locked(self, request, queryset, **conditions):
        """Return the chosen rows, locked: nobody else can change them until the end of this transaction."""
        rows = self.get_queryset(request).filter(pk__in=queryset.values("pk"), **conditions)
        return list(rows.select_for_update(of=("self",)))

    def cited(self, rows):
        """Return the unpublished sources of facts, locked until the end of this transaction.

        Who checks a fact checks it against them, so they are published along.
        """
        if "sources" not in {field.name for field in self.opts.many_to_many}:
            return []
        field = self.opts.get_field("sources")
        citing = {f"{field.related_query_name()}__in": rows}
        cited = field.related_model.objects.filter(**citing, published=False).order_by().values("pk")
        return list(field.related_model.objects.filter(pk__in=cited).order_by("pk").select_for_update(of=("self",)))

    def without_source(self, request, rows):
        """Return those of these rows that have no source."""
        if "sources" not in {field.name for field in self.opts.many_to_many}:
            return []
        return list(self.get_queryset(request).filter(pk__in=[row.pk for row in rows], sources__isnull=True))

    def needed_by(self, rows):
        """Return the published facts that would lose what they rest on if these rows were unpublished."""
        return []

    def mark(self, request, rows, words, **values):
        """Set values of rows, and log it under these words."""
        if rows:
            type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).update(**values)
            LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, words)

    def refuse(self, request, words, rows):
        """Say that an action was not done, and because of which rows."""
        more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
        self.message_user(request, f"{words}: {'; '.join(map(str, rows[:NAMED]))}{more}.", "ERROR")


def counted(options, rows):
    """Return how many rows there are in words: "1 report", "3 reports"."""
    return f"{len(rows)} {model_ngettext(options, len(rows))}"
