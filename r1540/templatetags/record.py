"""What templates need to show dates as they are known."""

from django import template

from r1540 import addresses, table

register = template.Library()
# As {% url %}, which takes 0.4 ms for the sixteen addresses in the frame of a page.
register.simple_tag(addresses.address)


@register.simple_tag(takes_context=True)
def when(context, value):
    """A When in UN style; what may lie after the day of the page says so; "none recorded" for None."""
    return table.show_when(value, context["at"]) if value else table.NONE_RECORDED


@register.simple_tag(takes_context=True)
def as_at(context, address):
    """An address of this site, as at the day of the page; its anchor stays."""
    path, mark, anchor = address.partition("#")
    return f"{path}{context['only_day']}{mark}{anchor}"
