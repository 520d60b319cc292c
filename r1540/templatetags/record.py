"""What templates need to show dates as they are known."""

from django import template

from r1540 import table

register = template.Library()


@register.simple_tag(takes_context=True)
def when(context, value):
    """A When in UN style; what may lie after the day of the page says so; "none recorded" for None."""
    return table.show_when(value, context["at"]) if value else table.NONE_RECORDED


@register.simple_tag(takes_context=True)
def as_at(context, address):
    """An address of this site, as at the day of the page; its anchor stays."""
    path, mark, anchor = address.partition("#")
    return f"{path}{context['only_day']}{mark}{anchor}"
