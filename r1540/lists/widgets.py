"""Form controls of the public lists: whole without JavaScript, addresses that read like words, written in one go.

Django renders a template for each option; a page has some hundred of them.
"""

import html
from functools import cache

from django import forms
from django.utils.html import conditional_escape, escape
from django.utils.safestring import mark_safe

from r1540.as_at.day import read_day
from r1540.as_at.when import When


def escaped(text) -> str:
    """Return text escaped as by conditional_escape, which takes twice as long over plain text."""
    return html.escape(text) if type(text) is str else conditional_escape(text)


def boxes(name, chosen) -> str:
    """Return a box for each (value, label, whether it is ticked)."""
    before = f'<label><input type="checkbox" name="{escape(name)}" value="'
    lines = [
        f'{before}{escaped(value)}"{" checked" if is_chosen else ""}> {escaped(label)}</label>'
        for value, label, is_chosen in chosen
    ]
    return mark_safe("\n".join(lines))


def orders(columns, chosen: str) -> str:
    """Return the options of a select of the columns to sort by, as (name, label), upwards and downwards."""
    lines = [
        f'<option value="{before}{name}"{" selected" * (chosen == before + name)}>{escaped(label)}{after}</option>'
        for name, label in columns
        for before, after in (("", ""), ("-", ", descending"))
    ]
    return mark_safe("".join(['<option value="">The usual order</option>', *lines]))


@cache
def options(names, usual: str, chosen: str) -> str:
    """Return the options of a select of a few names; the usual one has an empty value, and so adds no parameter."""
    lines = [
        f'<option value="">{name}</option>'
        if name == usual
        else f"<option{' selected' if name == chosen else ''}>{name}</option>"
        for name in sorted(names, key=lambda name: name != usual)
    ]
    return mark_safe("".join(lines))


class Boxes(forms.CheckboxSelectMultiple):
    """One of several choices, or some of them."""

    def render(self, name, value, attrs=None, renderer=None):
        value = set(value or ())
        return boxes(name, ((key, label, str(key) in value) for key, label in self.choices))


class AddOne(forms.SelectMultiple):
    """Several of many choices: those chosen stay as ticked boxes, and a short select adds one more."""

    def render(self, name, value, attrs=None, renderer=None):
        value, choices = set(value or ()), list(self.choices)
        chosen = boxes(name, ((key, label, True) for key, label in choices if str(key) in value))
        options = "\n".join(
            f'<option value="{escaped(key)}">{escaped(label)}</option>'
            for key, label in choices
            if str(key) not in value
        )
        return mark_safe(
            f'{chosen}<select name="{escape(name)}" aria-label="Add one">'
            f'<option value="">Add one …</option>{options}</select>'
        )


class DayInput(forms.TextInput):
    """A day as people write it. (The control of a browser for dates shows the order of its own language.)"""

    def __init__(self, attrs=None):
        super().__init__(
            {"autocomplete": "off", "spellcheck": "false", "placeholder": "15 January 2013"} | (attrs or {})
        )

    def format_value(self, value):
        """Return a day in UN style, and what is none as it was written."""
        try:
            return str(When.day(read_day(value)))
        except (TypeError, ValueError):
            return value
