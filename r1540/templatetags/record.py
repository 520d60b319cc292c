"""What templates need: addresses, the menu, dates as they are known, the tiles of the board, a row of figures."""

from functools import cache, lru_cache

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from r1540.as_at.recorded import Recorded
from r1540.as_at.when import When
from r1540.lists import addresses, cells, columns
from r1540.lists.widgets import escaped
from states.models import fact_models

register = template.Library()
# As {% url %}, which takes 0.4 ms for the sixteen addresses in the frame of a page.
register.simple_tag(addresses.address)


@register.simple_tag
@cache
def asset(name):
    """The address of a file of static/, asked once: its name holds its hash, which does not change in a process."""
    return static(name)


@register.filter
@lru_cache(1000)
def day(value):
    """A day in UN style, nothing for None: as |date:"j F Y", at a tenth of its price."""
    return mark_safe(str(When.day(value))) if value else ""


@register.filter
def iso(value):
    """A day in ISO 8601, nothing for None."""
    return mark_safe(value.isoformat()) if value else ""


@register.filter
def number(value):
    """A number as it stands in a text."""
    return cells.localized(value)


@register.simple_tag(takes_context=True)
def menu(context):
    """The main menu, which leads from this page to the lists with what was chosen here."""
    path = context["request"].path if "request" in context else ""
    return menu_of(get_script_prefix(), path, context.get("travels", ""), context.get("only_day", ""))


@lru_cache(1000)
def menu_of(script_prefix: str, path: str, travels: str, only_day: str) -> str:
    """Return the menu, written once for pages that have the same: it took a tenth of a page."""
    kinds = [model.fact_kind for model in fact_models() if model.fact_kind.list_view]
    return render_to_string("menu.html", {"path": path, "travels": travels, "only_day": only_day, "kinds": kinds})


@register.simple_tag(takes_context=True)
def when(context, value):
    """A When in UN style; what may lie after the day of the page says so; "none recorded" for None."""
    return columns.show_when(value, context["at"]) if value else columns.NONE_RECORDED


@register.simple_tag
def tiles(tiles, measure_name, day):
    """Tiles: the State, the measure (for those who do not see the heading) and its value.

    Written in one go: there are as many as States, and a template loop over 195 takes 7 ms more.
    """
    measure, address = escaped(measure_name), addresses.to("state")
    kinds = {value: (slugify(value), f"</span><small>{escaped(value.label)}</small></a></li>") for value in Recorded}
    return mark_safe(
        "".join(
            [
                f'\n  <li><a class="tile {kinds[one.value][0]}" href="{escaped(address(one.iso3) + day)}">'
                f'<span>{escaped(one.name)}</span><span class="unseen">, {measure}: {kinds[one.value][1]}'
                for one in tiles
            ]
        )
    )


@register.simple_tag
def figures_of(cells):
    """The figures of a place, a cell of a table each: the number, which leads to what explains it, and its share.

    Written in one go, as the tiles are: there are twelve of each place, and of organizations a hundred places.
    """
    return mark_safe(
        "".join(
            f'<td class="number"><a href="{escaped(cell.address)}">{cell.range}</a>'
            f"{f'<small>{share}</small>' if (share := cell.share) else ''}</td>"
            for cell in cells
        )
    )


@register.simple_tag(takes_context=True)
def as_at(context, address):
    """An address of this site, as at the day of the page; its anchor stays."""
    path, mark, anchor = address.partition("#")
    return f"{path}{context['only_day']}{mark}{anchor}"
