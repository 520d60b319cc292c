"""Form controls of the public lists: whole without JavaScript, addresses that read like words, written in one go.

Django renders a template for each option; a page has some hundred of them.
"""

from django import forms
from django.utils.html import format_html, format_html_join


def boxes(name, chosen) -> str:
    """A ticked or empty box for each (value, label, whether it is chosen)."""
    return format_html_join(
        "\n",
        '<label><input type="checkbox" name="{}" value="{}"{}> {}</label>',
        ((name, value, " checked" if is_chosen else "", label) for value, label, is_chosen in chosen),
    )


class Boxes(forms.CheckboxSelectMultiple):
    """One of several choices, or some of them."""

    def render(self, name, value, attrs=None, renderer=None):
        value = set(value or ())
        return boxes(name, ((key, label, str(key) in value) for key, label in self.choices))


class AddOne(forms.SelectMultiple):
    """Several out of very many: what is chosen stays as ticked boxes, one more is added from a short select."""

    def render(self, name, value, attrs=None, renderer=None):
        value = set(value or ())
        chosen = [(key, label, True) for key, label in self.choices if str(key) in value]
        others = [(key, label) for key, label in self.choices if str(key) not in value]
        options = format_html_join("\n", '<option value="{}">{}</option>', others)
        return format_html(
            '{}<select name="{}" aria-label="Add one"><option value="">Add one …</option>{}</select>',
            boxes(name, chosen),
            name,
            options,
        )
