"""Tables, forms and addresses are written in one go; here is how the libraries write them, and that it is the same."""

import gzip
import re
from urllib.parse import urlencode

import django_filters
import pytest
from django.conf import settings
from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import QueryDict
from django.template import engines
from django.test import RequestFactory
from django.urls import reverse, set_script_prefix
from django.utils.html import format_html, format_html_join

from r1540 import door
from r1540.as_at.day import today
from r1540.lists.addresses import address
from r1540.lists.columns import ordered
from r1540.lists.parameters import Parameters
from r1540.lists.widgets import AddOne, Boxes
from r1540.pages.between_days.page import ChangesFilters
from states.models import Organization, Source, State, fact_models_of_states
from tests.public.addresses import LISTS, asking

HOSTILE = "<b a=\"1\" c='2'>&amp;\u202e{{ x }}%s%25<i> &"

# As Django's templates write a table: every cell found, made and put by itself.
TABLE = """<thead role="rowgroup">
    <tr role="row">{% for column, direction, address in headings %}
      <th scope="col" role="columnheader"{% if direction %} \
aria-sort="{{ direction }}"{% endif %}>{% if address %}<a href="{{ address }}">\
{{ column.verbose_name }}{% if direction %}<span aria-hidden="true"> \
{% if direction == "ascending" %}▲{% else %}▼{% endif %}</span>{% endif %}</a>\
{% else %}{{ column.verbose_name }}{% endif %}</th>{% endfor %}
    </tr>
  </thead>
  <tbody role="rowgroup">{% for row in rows %}
    <tr role="row">{% for column, cell in row %}\
{% if column.css_class == "name" %}<th scope="row" role="rowheader" class="name">{{ cell }}</th>\
{% else %}<td role="cell"{% if column.css_class %} class="{{ column.css_class }}"{% endif %} \
data-label="{{ column.verbose_name }}">{{ cell }}</td>{% endif %}{% endfor %}</tr>\
{% endfor %}
  </tbody>"""

# As Django means a form to be written: every field bound and copied, every box put by itself.
FORM = """{% for field in form %}
  {% if field.field.widget.allow_multiple_selected %}
    <details class="field"{% if field.value %} open{% endif %}>
      <summary>{{ field.label }}{% if field.value %} <span class="aside">({{ field.value|length }} chosen)</span>\
{% endif %}</summary>
      <fieldset><legend class="unseen">{{ field.label }}</legend>{{ field }}</fieldset>
    </details>
  {% else %}
    <p class="field"><label for="{{ field.id_for_label }}">{{ field.label }}</label>{{ field }}</p>
  {% endif %}
{% endfor %}"""
BOX = '<label><input type="checkbox" name="{}" value="{}"{}> {}</label>'
SELECT = '{}<select name="{}" aria-label="Add one"><option value="">Add one …</option>{}</select>'


def boxes(widget, name, value, attrs=None, renderer=None, only_chosen=False):
    value = set(value or ())
    rows = ((name, key, " checked" if str(key) in value else "", label) for key, label in widget.choices)
    return format_html_join("\n", BOX, (row for row in rows if row[2] or not only_chosen))


def add_one(widget, name, value, attrs=None, renderer=None):
    others = [(key, label) for key, label in widget.choices if str(key) not in (value or ())]
    options = format_html_join("\n", '<option value="{}">{}</option>', others)
    return format_html(SELECT, boxes(widget, name, value, only_chosen=True), name, options)


@pytest.fixture
def hostile(record):
    """The shipped record with markup in the text of every other row, wherever the database lets it stand."""
    for model in (State, Organization, Source, *fact_models_of_states()):
        rows = model.objects.filter(pk__in=list(model.objects.values_list("pk", flat=True)[::2]))
        for one in model._meta.fields:
            is_text = isinstance(one, CharField | TextField) and not (one.choices or one.generated)
            if is_text and one.name not in ("iso3", "iso2", "m49", "symbol"):
                text = Value(HOSTILE[: (one.max_length or 100) - 6])
                rows.update(**{one.name: Concat(text, Cast(F("pk"), TextField())) if one.unique else text})
    State.objects.filter(iso3="TCD").update(iso3='<&"')


def rendered(template: str, **context) -> str:
    return engines["django"].from_string(template).render(context)


def headings(table):
    current = table.parameters.one("sort")
    for name, bound in table.columns.items():
        column = bound.column
        direction = {name: "ascending", f"-{name}": "descending"}.get(current, "")
        following = f"-{name}" if direction == "ascending" else name
        yield column, direction, table.parameters.address(sort=following, page=None) if column.orderable else None


def value_at(record, path: str):
    """The value at a path from an instance; None where a step of it is None."""
    for name in path.split("__"):
        record = getattr(record, name, None)
    return record


def cell(column, context, record):
    """The content of a cell, found and made by itself."""
    ((value, *others),) = column.values({path: [value_at(record, path)] for path in column.paths}, context)
    return column.default if value in column.empty_values else column.as_html(context, value, *others)


def rows_of(name, table) -> list:
    """The rows of a page, each a list of (column, content), made from instances."""
    listing = LISTS[name]
    columns = [bound.column for bound in table.columns]
    with door.public_transaction():
        records = ordered(listing().facts(table.cell_context.at), listing.table_class, table.parameters.one("sort"))[
            :200
        ]
        return [[(column, cell(column, table.cell_context, record)) for column in columns] for record in records]


def table_of(page: str) -> str:
    return page[page.index("<thead") : page.index("</tbody>") + len("</tbody>")]


@pytest.mark.parametrize("name", LISTS)
def test_a_table_is_written_as_a_template_writes_it(client, hostile, name):
    columns = LISTS[name].table_class.base_columns
    sorts = [column for column, one in columns.items() if one.orderable]
    for chosen in ({"sort": sorts[0]}, {"sort": f"-{sorts[1]}", "as_of": "2013-11-18"}, {}):
        response = client.get(asking(name, cols=list(columns), per_page="200", **chosen))
        table = response.context["table"]
        assert table_of(response.text) == rendered(TABLE, headings=headings(table), rows=rows_of(name, table))
    assert "&lt;b a=&quot;1&quot;" in table_of(response.text)
    assert "<b a=" not in response.text


TILES = """{% load record %}{% for tile in tiles %}
  <li><a class="tile {{ tile.value|slugify }}" href="{% address "state" tile.iso3 %}{{ day }}">\
<span>{{ tile.name }}</span>\
<span class="unseen">, {{ board.measure_name }}: </span><small>{{ tile.value|capfirst }}</small></a></li>{% endfor %}
</ul>"""


def test_the_tiles_of_a_board_are_written_as_a_template_writes_them(client, hostile):
    response = client.get(asking("states", view="board", by="region", as_of="2013-11-18"))
    board = response.context["board"]
    for tiles in (*(group.tiles for group in board.groups), board.observers):
        assert (
            f'<ul class="tiles">{rendered(TILES, tiles=tiles, board=board, day="?as_of=2013-11-18")}' in response.text
        )


QUESTIONS = (
    "",
    "region=Africa&region=Asia&organization=none+recorded&group=none&since=2004-10-01&until=2005-01-01",
    "state=FRA&state=ZWE&certainty=press&status=submitted&status=conducted&kind=export+control+regime",
    urlencode({"name": HOSTILE, "title": HOSTILE, "symbol": HOSTILE, "sort": "name"}),
    "first_report=recorded&visit=none+recorded&plan=day+not+established&subregion=Micronesia&day=before",
)


@pytest.mark.parametrize("filters_class", [*(one.filterset_class for one in LISTS.values()), ChangesFilters])
def test_a_form_is_written_as_the_library_writes_it(hostile, monkeypatch, filters_class):
    for question in QUESTIONS:
        query, rows = QueryDict(question), State.objects.all()
        written = filters_class(query, rows, today()).controls()
        whole = filters_class.__new__(filters_class)
        django_filters.FilterSet.__init__(whole, query, rows)
        with monkeypatch.context() as patch:
            patch.setattr(Boxes, "render", boxes)
            patch.setattr(AddOne, "render", add_one)
            assert written == rendered(FORM, form=whole.form)
            assert not whole.form.errors or filters_class(query, rows, today()).form.errors == whole.form.errors
    assert "<b a=" not in written


@pytest.mark.parametrize("prefix", ["/", "/re<co>rd%/"])
@pytest.mark.parametrize("name", ["state", "visit", "plan", "organization", "group", "figure"])
def test_an_address_is_the_one_that_django_reverses(name, prefix):
    set_script_prefix(prefix)
    try:
        for value in ("TCD", "0", "00-0", "a b", HOSTILE, "é乍\u202e", "..", ":@!$&'()*+,;=~?#[]"):
            assert address(name, value) == reverse(name, args=[value])
        assert address("sources") == reverse("sources")
    finally:
        set_script_prefix("/")


def test_the_address_of_a_value_that_no_pattern_takes_is_refused():
    for value in ("", "a/b"):
        with pytest.raises(Exception, match="Reverse for 'state'"):
            address("state", value)


def test_a_query_is_what_urlencode_makes_of_the_whole():
    parameters = Parameters(
        RequestFactory().get("/", {"name": HOSTILE, "region": ["Asia", "é &"]}), ["name"], ["region", "cols"]
    )
    for changes in (
        {},
        {"region": None},
        {"name": "<&"},
        {"cols": ["b", "a"], "region": []},
        {"region": "", "name": ""},
    ):
        values = {name: value for name, value in (parameters.values | changes).items() if value}
        assert parameters.query(**changes) == (f"?{urlencode(values, doseq=True)}" if values else "")


def weight(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def test_a_page_comes_in_one_piece_and_is_light(client, record):
    """A first round trip of TCP brings some 14 kB: the text and the stylesheet are all there is to load."""
    widest = {name: {"cols": list(one.table_class.base_columns), "per_page": "200"} for name, one in LISTS.items()}
    pages = [asking(name, **chosen) for name, chosen in widest.items()]
    pages += ["/", "/figures/", "/figures/?by=organization", "/figures/history/", "/about/", "/groups/", "/states/FRA/"]
    for page in (*pages, "/states/?view=board&by=organization", "/figures/changes/?since=2004-04-28&per_page=200"):
        content = client.get(page).content
        assert weight(content) < 20_000, page
        assert len(re.findall(rb"<link[^>]*stylesheet", content)) == 1
        assert not re.search(rb"<(script|img|iframe|style|object|embed|video|audio|source)\b| src=|@import", content)
    stylesheet = (settings.BASE_DIR / "static" / "record.css").read_bytes()
    assert weight(stylesheet) < 10_000
    assert b"@import" not in stylesheet
    assert b"url(" not in stylesheet


def test_a_cell_that_was_written_on_one_day_is_another_on_another_day(client, record):
    """Cells are cached: what is not among the values of a row must be in their context."""
    for name in LISTS:
        pages = [client.get(asking(name, as_of=day)).text for day in ("2022-06-01", "2022-06-02", "2022-06-01")]
        assert pages[0] == pages[2]
        links = [set(re.findall(r'href="[^"]*as_of=(2022-06-0\d)', table_of(page))) for page in pages[:2]]
        assert links == [{"2022-06-01"}, {"2022-06-02"}], name


def test_a_cell_that_was_written_under_one_prefix_leads_elsewhere_under_another(client, record):
    for prefix in ("/", "/sub/", "/"):
        set_script_prefix(prefix)
        try:
            page = client.get("/states/").text
        finally:
            set_script_prefix("/")
        assert f'<th scope="row" role="rowheader" class="name"><a href="{prefix}states/AFG/">' in page
