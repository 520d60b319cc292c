"""Facts and their sources: unpublished until somebody with the permission to publish them does."""

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import model_ngettext
from django.contrib.auth import get_permission_codename
from django.db import transaction
from django.db.models import Q

from .base import DeskAdmin
from .waiting import NO_SOURCE, UNPUBLISHED, WaitingFilter


class FactAdmin(DeskAdmin):
    actions = ["publish", "unpublish"]
    waiting = [UNPUBLISHED, NO_SOURCE]

    def get_list_filter(self, request):
        return [WaitingFilter, *super().get_list_filter(request)]

    @admin.display(description="publication", ordering="published")
    def publication(self, obj):
        return "Published" if obj.published else "Unpublished"

    def has_publish_permission(self, request):
        codename = get_permission_codename("publish", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.may_touch(request, obj)

    def may_touch(self, request, obj):
        return obj is None or not obj.published or self.has_publish_permission(request)

    def get_queryset(self, request):
        """With what a row's words need, also in autocompletes, filters and actions."""
        rows = super().get_queryset(request)
        return rows.select_related(*self.list_select_related) if self.list_select_related else rows

    def get_readonly_fields(self, request, obj=None):
        """A reference is given once, for ever."""
        return [*super().get_readonly_fields(request, obj), *(["reference"] if obj else [])]

    def get_search_results(self, request, queryset, search_term):
        """Facts are also found by whatever their State is found by."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        fields = {field.name: field for field in self.opts.get_fields()}
        if "state" not in fields or not search_term.split():
            return found, may_repeat
        model = fields["state"].related_model
        desk = self.admin_site.get_model_admin(model)
        states, _ = desk.get_search_results(request, model.objects.all(), search_term)
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(state__in=states.values("pk"))), False

    def render_change_form(self, request, context, *args, **kwargs):
        context["has_publish_permission"] = self.has_publish_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(permissions=["publish"], description="Publish selected %(verbose_name_plural)s")
    def publish(self, request, queryset):
        with transaction.atomic():
            rows = self.locked(request, queryset, published=False)
            self.mark(request, rows, published=True)
            sources = self.cited(rows)
            self.mark(request, sources, published=True)
        also = f", and what they cite: {'; '.join(map(str, sources))}" if sources else ""
        self.message_user(request, f"Published: {counted(self.opts, rows)}{also}.")
        if bare := self.without_source(request, rows):
            self.message_user(request, f"No source is recorded for: {'; '.join(map(str, bare))}.", "WARNING")

    @admin.action(permissions=["publish"], description="Unpublish selected %(verbose_name_plural)s")
    def unpublish(self, request, queryset):
        with transaction.atomic():
            rows = self.locked(request, queryset, published=True)
            if needed := self.needed_by(rows):
                message = f"Nothing was unpublished: published facts cite it: {'; '.join(map(str, needed))}."
                return self.message_user(request, message, "ERROR")
            self.mark(request, rows, published=False)
        self.message_user(request, f"Unpublished: {counted(self.opts, rows)}. Sources stay as they were.")

    def locked(self, request, queryset, **conditions):
        """The chosen rows, which nobody else can change until the end of this transaction."""
        rows = self.get_queryset(request).filter(pk__in=queryset.values("pk"), **conditions)
        return list(rows.select_for_update(of=("self",)))

    def cited(self, rows):
        """The unpublished sources of facts."""
        if "sources" not in {field.name for field in self.opts.many_to_many}:
            return []
        field = self.opts.get_field("sources")
        citing = {f"{field.related_query_name()}__in": rows}
        sources = field.related_model.objects.filter(**citing, published=False)
        return list(sources.distinct())

    def without_source(self, request, rows):
        if "sources" not in {field.name for field in self.opts.many_to_many}:
            return []
        return list(self.get_queryset(request).filter(pk__in=[row.pk for row in rows], sources__isnull=True))

    def needed_by(self, rows):
        """The published facts that would lose what they rest on if these rows were unpublished."""
        return []

    def mark(self, request, rows, published):
        if rows:
            type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).update(published=published)
            words = "Published." if published else "Unpublished."
            LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, words)


def counted(options, rows):
    """ "1 report", "3 reports" """
    return f"{len(rows)} {model_ngettext(options, len(rows))}"
