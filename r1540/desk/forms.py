"""Forms and their parts."""

from collections.abc import Iterator

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import FieldError, ValidationError
from django.utils.text import capfirst

from r1540.as_at.names import as_kept
from r1540.as_at.when import apart


class RecordForm(forms.ModelForm):
    """A form that shows the message of a broken rule at the field it is about.

    The rule report_submitted_since_adoption is about `submitted`; rules named otherwise are in `constraint_fields`.
    "10–15 May 2014" typed as the first day of what lasts is its first and its last day.
    """

    constraint_fields = {}
    refused = None  # a rule that only the database could see broken, when this was saved a moment ago

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = [self.add_prefix(name) for name in getattr(self._meta.model, "first_and_last", ())]
        if self.is_bound and names and self.data.get(names[0]):
            days = apart(self.data[names[0]], self.data.get(names[1], ""))
            self.data = self.data.copy()
            self.data[names[0]], self.data[names[1]] = days

    def clean(self):
        super().clean()
        for field in self._meta.model._meta.fields:
            if isinstance(text := self.cleaned_data.get(field.name), str):
                try:
                    self.cleaned_data[field.name] = as_kept(field, text)
                except ValidationError as error:
                    self.add_error(field.name, error)
        if self.refused:
            self.add_error(None, self.refused)

    def _post_clean(self):
        # Django asks the row, whose answer forgets which rule was broken; so this form asks the rules itself.
        self.instance.validate_constraints = lambda exclude: None
        super()._post_clean()
        del self.instance.validate_constraints
        self.validate_constraints()

    def validate_constraints(self):
        """Add the message of each broken constraint to the field it is about."""
        exclude = self._get_validation_exclusions()
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self.instance, exclude=exclude)
                except FieldError:  # a condition looks at a field that could not be read, which is told at that field
                    if not self.errors:
                        raise
                except ValidationError as error:
                    self.add_error(self.field_of(constraint.name), self.words_of(constraint.name) or error)

    def words_of(self, rule: str) -> str:
        """Return what is said of a broken rule that the form knows more of than its message; empty: the message."""
        return ""

    def field_of(self, rule: str) -> str | None:
        """Return the field of this form that a constraint is about, or None."""
        name, about = self.constraint_fields.get(rule), rule.partition("_")[2]
        return next((field for field in self.fields if field == name or about.startswith(f"{field}_")), None)


def summed_up(form, formsets) -> list[tuple[str, str, str]]:
    """Return what is wrong in a form and the inlines below it, in their order: (id of the field, its label, message).

    What is about no single field has an empty id.
    """
    lines = [("", "", message) for message in form.non_field_errors()]
    lines += errors_by_field(form)
    for formset in formsets:
        name = capfirst(formset.model._meta.verbose_name)
        lines += [("", name, message) for message in formset.non_form_errors()]
        for number, row in enumerate(formset.forms, 1):
            lines += [("", f"{name} {number}", message) for message in row.non_field_errors()]
            lines += errors_by_field(row, f"{name} {number}: ")
    return lines


def errors_by_field(form, prefix=""):
    """Yield (id of the field, its label, message) of each error of a field."""
    for bound in form:
        for message in bound.errors:
            yield bound.id_for_label or bound.auto_id, prefix + capfirst(bound.label), message


class WarningForm(RecordForm):
    """A form that names what looks wrong before it is saved. It may be right, and is then saved all the same.

    A subclass yields sentences in `warnings`; the fieldsets name `save_all_the_same`, which is seen only when needed.
    """

    save_all_the_same = forms.BooleanField(label="Save it all the same", required=False, widget=forms.HiddenInput)

    def clean(self):
        super().clean()
        if self.cleaned_data.get("save_all_the_same"):
            return
        for words in self.warnings():
            self.add_error("save_all_the_same", words)
            self.fields["save_all_the_same"].widget = forms.CheckboxInput()

    def warnings(self) -> Iterator[str]:
        """Yield what looks wrong in what is typed; nothing of fields that are as they were."""
        raise NotImplementedError

    def changed(self, *names: str) -> list | None:
        """Return what is typed in some fields, if all hold something and one of them was changed."""
        values = [self.cleaned_data.get(name) for name in names]
        return values if all(values) and {*names} & {*self.changed_data} else None


class IdsOnly(AutocompleteMixin):
    """Django's autocomplete raises for what is no id, in an address (?state=abc) or posted; this chooses nothing."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if str(key).isdecimal()], attr)


class Autocomplete(IdsOnly, AutocompleteSelect):
    pass


class AutocompleteOfMany(IdsOnly, AutocompleteSelectMultiple):
    pass


class AutocompleteOfFew(AutocompleteSelect):
    """An autocomplete for many rows of a small table: asks for all labels once, not for one in each row."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.labels = {}  # one dictionary for all the copies of this widget in a formset

    def optgroups(self, name, value, attr=None):
        if not self.labels:
            self.labels |= {str(row.pk): str(row) for row in self.choices.queryset}
        chosen = [key for key in map(str, value) if key in self.labels]
        options = [self.create_option(name, "", "", False, 0)]
        options += [self.create_option(name, key, self.labels[key], True, 1) for key in chosen]
        return [(None, options, 0)]
