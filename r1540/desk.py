"""The desk: what the admins of both apps share, so that each model says only what is its own.

Facts and sources start unpublished. Publishing is an action with a permission of its own, and whoever lacks it
cannot change what is published. Reference data (States, organizations) is public at once and changed by few.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import model_ngettext
from django.contrib.auth import get_permission_codename
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q, URLField

from r1540.when import MONTHS, When

admin.site.site_header = admin.site.site_title = "The 1540 record"
admin.site.index_title = "The record"
admin.site.empty_value_display = "none recorded"

SAVED_MEANWHILE = "Somebody has just saved the same. Look at the list, then save again."


class RecordForm(forms.ModelForm):
    """A form that shows the message of a broken rule at the field it is about.

    The rule report_submitted_since_adoption is about `submitted`; rules named otherwise are in `constraint_fields`.
    """

    constraint_fields = {}
    refused = None  # a rule that only the database could see broken, when this was saved a moment ago

    def clean(self):
        super().clean()
        if self.refused:
            self.add_error(None, self.refused)

    def validate_constraints(self):
        exclude = self._get_validation_exclusions()
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self.instance, exclude=exclude)
                except ValidationError as error:
                    self.add_error(self.field_of(constraint.name), error)

    def field_of(self, rule: str) -> str | None:
        """The field of this form that a constraint is about, or None."""
        name, about = self.constraint_fields.get(rule), rule.partition("_")[2]
        return next((field for field in self.fields if field == name or about.startswith(f"{field}_")), None)


class WhenFilter(admin.FieldListFilter):
    """The years of a WhenField, and the months of the chosen one: what happened in it, or may have.

    One EDTF parameter: submitted_in=2004 or submitted_in=2004-10.
    """

    def __init__(self, field, request, params, model, model_admin, field_path):
        self.parameter = f"{field_path}_in"
        super().__init__(field, request, params, model, model_admin, field_path)
        self.chosen = self.used_parameters.get(self.parameter, [None])[-1]
        self.rows = model_admin.get_queryset(request).order_by()

    def expected_parameters(self):
        return [self.parameter]

    def queryset(self, request, queryset):
        if self.chosen is None:
            return queryset
        try:
            return queryset.filter(**{f"{self.field_path}__overlaps": When.parse(self.chosen)})
        except ValueError as error:
            raise IncorrectLookupParameters(error) from None

    def choices(self, changelist):
        for value, words in ((None, "All"), *self.periods()):
            yield {
                "selected": self.chosen == value,
                "query_string": changelist.get_query_string({self.parameter: value}),
                "display": words,
            }

    def periods(self):
        """(EDTF, words) of each year with a row, the latest first, and of each month in the chosen year."""
        spans = self.spans("year")
        for year in sorted({year for first, last in spans for year in range(first, last + 1)}, reverse=True):
            yield str(year), str(year)
            if (self.chosen or "").startswith(str(year)):
                inside = {f"{self.field_path}__{end}__year": year for end in ("earliest", "latest")}
                for month in sorted({first for first, last in self.spans("month", **inside) if first == last}):
                    yield f"{year}-{month:02}", f"{MONTHS[month - 1]} {year}"

    def spans(self, unit, **conditions):
        """The first and last year (or month) of the rows' dates, each pair once."""
        first, last = (f"{self.field_path}__{end}__{unit}" for end in ("earliest", "latest"))
        rows = self.rows.filter(**conditions, **{f"{last}__isnull": False}).values_list(first, last).distinct()
        return [(first or last, last) for first, last in rows]


class RecordedFilter(admin.FieldListFilter):
    """Whether anything is recorded in a field, a date or a list of sources."""

    def __init__(self, field, request, params, model, model_admin, field_path):
        self.parameter = f"{field_path}_recorded"
        super().__init__(field, request, params, model, model_admin, field_path)
        self.chosen = self.used_parameters.get(self.parameter, [None])[-1]
        is_text = not field.is_relation and field.empty_strings_allowed
        self.empty = Q(**{field_path: ""} if is_text else {f"{field_path}__isnull": True})

    def expected_parameters(self):
        return [self.parameter]

    def queryset(self, request, queryset):
        if self.chosen not in (None, "yes", "no"):
            raise IncorrectLookupParameters(f"{self.parameter} is yes or no.")
        none_recorded = Q(pk__in=queryset.model.objects.filter(self.empty).order_by().values("pk"))
        conditions = {None: Q(), "yes": ~none_recorded, "no": none_recorded}
        return queryset.filter(conditions[self.chosen])

    def choices(self, changelist):
        for value, words in ((None, "All"), ("yes", "Recorded"), ("no", "None recorded")):
            yield {
                "selected": self.chosen == value,
                "query_string": changelist.get_query_string({self.parameter: value}),
                "display": words,
            }


class DeskAdmin(admin.ModelAdmin):
    """What every model of the record has at the desk."""

    form = RecordForm
    save_on_top = True
    list_per_page = 50
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def get_view_on_site_url(self, obj=None):
        """The public address, of what is public only."""
        is_public = obj is not None and getattr(obj, "published", True)
        return obj.get_absolute_url() if is_public and hasattr(obj, "get_absolute_url") else None

    def get_changelist_instance(self, request):
        """Raises IncorrectLookupParameters also for what only the database refuses, such as the year 10 ** 20."""
        try:
            with transaction.atomic():
                return super().get_changelist_instance(request)
        except (DataError, OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", None)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The form again, with all that was typed, when the database refuses what each row alone could not show:
        two new rows of an inline that contradict one another, or a row somebody else saved at this moment."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            request.refused = self.message_of(error)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def message_of(self, error):
        models = (self.model, *(inline.model for inline in self.inlines))
        rules = {rule.name: rule for model in models for rule in model._meta.constraints}
        rule = rules.get(error.__cause__.diag.constraint_name)
        return rule.get_violation_error_message() if rule else SAVED_MEANWHILE


class FactAdmin(DeskAdmin):
    """Facts and their sources: unpublished until somebody with the permission to publish them does."""

    actions = ["publish", "unpublish"]

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
        """Facts are also found by any name of their State."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        fields = {field.name: field for field in self.opts.get_fields()}
        if "state" not in fields or not search_term.split():
            return found, may_repeat
        named = fields["state"].related_model.objects.named(search_term)
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(state__in=named.values("pk"))), False

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


class SuperusersOnly:
    """Whoever may edit users and groups may make themselves anything: superusers only, even to look."""

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request):
        return self.has_module_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_module_permission(request)


admin.site.unregister([User, Group])


@admin.register(User)
class StaffAdmin(SuperusersOnly, UserAdmin):
    pass


@admin.register(Group)
class RoleAdmin(SuperusersOnly, GroupAdmin):
    pass
