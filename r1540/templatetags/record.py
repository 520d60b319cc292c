"""Template tags and filters: addresses, the menu, dates, days to choose, the tiles of the board, a row of figures."""

from datetime import date
from functools import cache, lru_cache

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from r1540.as_at.day import DAYS_OF_MESSAGES
from r1540.as_at.recorded import Recorded
from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import When
from r1540.lists import addresses, cells, columns
from r1540.lists.widgets import escaped
from states.models import fact_models

register = template.Library()
# Instead of {% url %}, which takes 0.4 ms for the sixteen addresses in base.html.
register.simple_tag(addresses.address)


@register.simple_tag
@cache
def asset(name):
    """Return the address of a file in static/; it is cached, because the hash in it does not change in a process."""
    return static(name)


@register.filter
@lru_cache(1000)
def day(value):
    """Return a day in UN style, nothing for None: as |date:"j F Y" does, in a tenth of its time."""
    return mark_safe(str(When.day(value))) if value else ""


@register.filter
def iso(value):
    """Return a day in ISO 8601, nothing for None."""
    return mark_safe(value.isoformat()) if value else ""


@register.filter
def number(value):
    """Return a number as it is written in a text."""
    return cells.localized(value)


@register.simple_tag(takes_context=True)
def menu(context):
    """Return the main menu; its links to lists keep the day and the filters of this page."""
    path = context["request"].path if "request" in context else ""
    return menu_of(get_script_prefix(), path, context.get("travels", ""), context.get("only_day", ""))


@lru_cache(1000)
def menu_of(script_prefix: str, path: str, travels: str, only_day: str) -> str:
    """Return the menu as HTML. It is cached, because to render it took a tenth of the time of a page."""
    kinds = [model.fact_kind for model in fact_models() if model.fact_kind.list_view]
    row = [
        ("states", "States", travels),
        *((one.plural, one.title, travels) for one in kinds if one.is_in_row),
        ("figures", "Figures", only_day),
    ]
    more = [
        *((one.plural, one.title, travels) for one in kinds if not one.is_in_row),
        ("groups", "Groups", only_day),
        ("organizations", "Organizations", only_day),
        ("sources", "Sources", only_day),
        ("coverage", "Coverage", only_day),
        ("news", "News", only_day),
        ("about", "About", only_day),
    ]
    parts = [
        [(title, (to := addresses.address(name)) + query, path == to) for name, title, query in part]
        for part in (row, more)
    ]
    is_in_more = any(is_this for *_, is_this in parts[1])
    return render_to_string("menu.html", {"row": parts[0], "more": parts[1], "is_in_more": is_in_more})


@register.simple_tag(takes_context=True)
def days_to_choose(context):
    """Return links to this page as at the days that readers ask for: today, of the messages, and the ends of years."""
    address, today = context["parameters"].address, context["today"]

    def links(days, words):
        return "".join(
            f'<li><a href="{escaped(address(as_of=one.isoformat(), page=None))}">{words(one)}</a></li>' for one in days
        )

    ends = [date(year, 12, 31) for year in range(today.year - 1, ADOPTED_ON.year - 1, -1)]
    year = '<span class="unseen">31 December </span>{0.year}'.format
    return mark_safe(
        f'<ul><li><a href="{escaped(address(as_of=None, page=None))}">Today</a></li>{links(DAYS_OF_MESSAGES, day)}</ul>'
        f"<p>Ends of years</p><ul>{links(ends, year)}</ul>"
    )


@register.simple_tag(takes_context=True)
def when(context, value):
    """Return a When in UN style, with a remark if it may lie after the day of the page; "none recorded" for None."""
    return columns.show_when(value, context["at"]) if value else columns.NONE_RECORDED


@register.simple_tag(takes_context=True)
def remark(context, entry):
    """Return what must be said of the date of an entry of a timeline on this page, in brackets, or nothing."""
    words = entry.remark(context["at"])
    return format_html(' <span class="aside">({})</span>', words) if words else ""


@register.simple_tag
def tiles(tiles, measure_name, day):
    """Return tiles: the State, the measure (for readers who do not see the heading) and its value.

    The HTML is joined in Python: a template loop over 195 States takes 7 ms more.
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
    """Return the figures of a place as cells of a table: the number, with a link that explains it, and its share.

    The HTML is joined in Python, as that of `tiles`: a place has twelve figures, and there are a hundred organizations.
    """
    return mark_safe(
        "".join(
            f'<td class="number"><a href="{escaped(cell.address)}">{cell.range}</a>'
            f"{f'<small>{escaped(cell.beside)}</small>' if cell.is_narrowed else ''}"
            f"{f'<small>{share}</small>' if (share := cell.share) else ''}</td>"
            for cell in cells
        )
    )


@register.simple_tag(takes_context=True)
def as_at(context, address):
    """Return an address of this site, as at the day of the page, with its anchor."""
    path, mark, anchor = address.partition("#")
    day = context["only_day"].replace("?", "&") if "?" in path else context["only_day"]
    return f"{path}{day}{mark}{anchor}"
