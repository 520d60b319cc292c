"""Forms and their parts."""

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import FieldError, ValidationError

from r1540.as_at.names import as_kept


class RecordForm(forms.ModelForm):
    """A form that shows the message of a broken rule at the field it is about.

    The rule report_submitted_since_adoption is about `submitted`; rules named otherwise are in `constraint_fields`.
    """

    constraint_fields = {}
    refused = None  # a rule that only the database could see broken, when this was saved a moment ago

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
                    self.add_error(self.field_of(constraint.name), error)

    def field_of(self, rule: str) -> str | None:
        """Return the field of this form that a constraint is about, or None."""
        name, about = self.constraint_fields.get(rule), rule.partition("_")[2]
        return next((field for field in self.fields if field == name or about.startswith(f"{field}_")), None)


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
