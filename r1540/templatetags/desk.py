"""Template tags of the desk: what waits for somebody, and saved filters."""

from django import template

from r1540.desk import saved
from r1540.desk.waiting import waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def what_waits(context):
    return waiting_for(context["request"])


@register.simple_tag(takes_context=True)
def saved_filters(context):
    """Return the saved filters that the first page offers a person, by list."""
    rows = saved.offered(context["request"])
    return {"groups": saved.by_list(context["request"], rows[: saved.MOST_OFFERED]), "count": len(rows)}


@register.simple_tag(takes_context=True)
def saved_filters_of_list(context):
    return saved.saved_of_list(context["request"], context["cl"].model)
