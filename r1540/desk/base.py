"""What every model of the record has at the desk."""

from contextlib import suppress

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget
from django.db import DataError, IntegrityError, transaction
from django.db.models import DateField, TextField, URLField
from django.urls import NoReverseMatch, reverse

from r1540.as_at.when import DayFormField

from .forms import Autocomplete, AutocompleteOfMany, RecordForm
from .guard import Guarded
from .history_page import WithHistory
from .reasons import WithReasons

SAVED_MEANWHILE = "Somebody has just saved the same. Look at the list, then save again."


def changelist_address(model) -> str:
    """Return the address of the list of a model's rows at the desk."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


class DeskAdmin(WithReasons, WithHistory, Guarded):
    form = RecordForm
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {
        DateField: {"form_class": DayFormField, "widget": AdminDateWidget(format="%d %B %Y")},
        TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
        URLField: {"assume_scheme": "https"},
    }

    def get_view_on_site_url(self, obj=None):
        """Return the public address of a row, if the row is public."""
        is_public = obj is not None and getattr(obj, "published", True)
        with suppress(NoReverseMatch):  # of a form that was refused: what was typed may be no part of an address
            return obj.get_absolute_url() if is_public and hasattr(obj, "get_absolute_url") else None

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = AutocompleteOfMany(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changelist_instance(self, request):
        """Make the list. Raise IncorrectLookupParameters also for what only the database refuses: the year 10 ** 20."""
        try:
            with transaction.atomic():
                return super().get_changelist_instance(request)
        except (DataError, IndexError, OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", None)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show the form again, with all that was typed, when the database refuses what each row alone could not show:
        two new rows of an inline that contradict one another, or a row somebody else saved at this moment."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            request.refused = self.message_of(error)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def message_of(self, error):
        """Return the message of the constraint that an IntegrityError names."""
        models = (self.model, *(inline.model for inline in self.inlines))
        rules = {rule.name: rule for model in models for rule in model._meta.constraints}
        rule = rules.get(error.__cause__.diag.constraint_name)
        return rule.get_violation_error_message() if rule else SAVED_MEANWHILE
