"""What the templates of the desk need."""

from django import template

from r1540.desk.waiting import waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def what_waits(context):
    return waiting_for(context["request"])
