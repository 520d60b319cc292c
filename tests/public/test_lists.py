"""Every public list: each filter, each format, strict, and the number on the page is the rows in every file."""

import csv
import io
import json
import re
from html import escape, unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from openpyxl import load_workbook

from r1540.as_at.day import today
from r1540.lists.columns import WordsColumn
from states.models import State
from tests import factories as make
from tests.public.addresses import LISTS, addresses, asking
from tests.public.lists import count_on, fill


def rows_of(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


QUESTIONS = [
    ("states", {}),
    ("states", {"region": ["Africa", "Asia"], "first_report": "none recorded"}),
    ("states", {"organization": "CIS", "as_of": "2013-01-15"}),
    ("states", {"name": "cote"}),
    ("states", {"group": "African Group", "as_of": "2005-01-01", "sort": "-name"}),
    ("reports", {"kind": "first report", "region": "Europe"}),
    ("reports", {"since": "2004-10-01", "until": "2004-10-31", "status": "submitted"}),
    ("visits", {"status": "conducted", "as_of": "2013-11-18"}),
    ("visits", {"state": ["KOR", "CHN"]}),
    ("plans", {"submitted": "recorded"}),
    ("events", {"kind": "points of contact training", "sort": "state"}),
    ("organizations", {"kind": "export control regime"}),
    ("sources", {"kind": "press"}),
    ("states", {"name": "nowhere at all"}),
]


@pytest.mark.parametrize(("name", "asked"), QUESTIONS, ids=lambda value: str(value))
def test_the_number_on_the_page_is_the_rows_in_every_file(client, record, name, asked):
    number = count_on(client.get(asking(name, **asked)))
    table = LISTS[name].table_class
    columns = table.header(table.in_files(table.shown([])))
    in_csv = rows_of(client.get(asking(name, **asked, format="csv")))
    book = load_workbook(io.BytesIO(client.get(asking(name, **asked, format="xlsx")).getvalue()))
    in_json = pages_of(client, asking(name, **asked, format="json", per_page="25"))
    assert number == len(in_csv) == book.worksheets[0].max_row - 1 == len(in_json)
    assert all(list(row) == columns for row in [*in_csv, *in_json])
    first = columns[0] if name != "visits" else "state"
    assert [row[first] for row in in_csv] == [row[first] for row in in_json]


@pytest.mark.parametrize("name", LISTS)
def test_each_line_of_the_page_is_the_row_of_its_place(client, record, name):
    column = {"states": "name", "organizations": "acronym"}.get(name, "reference")
    page = client.get(asking(name, cols=column, per_page="25")).text
    body = page[page.index("<tbody") : page.index("</tbody>")]
    lines = [unescape(strip_tags(f"<tr{line}")).strip() for line in body.split("<tr")[1:]]
    rows = json.loads(client.get(asking(name, cols=column, per_page="25", format="json")).content)["results"]
    assert lines == [row[column] for row in rows]
    assert len(set(lines)) == len(lines) > 1


@pytest.mark.parametrize("name", LISTS)
def test_files_have_the_values_that_filters_take_and_pages_their_labels(client, record, name):
    filters = LISTS[name].filterset_class.base_filters
    for column, one in LISTS[name].table_class.base_columns.items():
        if not isinstance(one, WordsColumn):
            continue
        values = [row[column] for row in rows_of(client.get(asking(name, cols=column, format="csv")))]
        in_json = pages_of(client, asking(name, cols=column, format="json"))
        assert values == [row[column] or "" for row in in_json]
        assert not one.labels or set(values) <= {*one.labels, ""}
        for value in set(values) - {""} if column in filters else ():
            page = client.get(asking(name, cols=column, **{column: value}))
            assert count_on(page) == values.count(value)
            assert re.search(f">{re.escape(escape(one.labels.get(value, value)))}</t[dh]>", page.text)


def pages_of(client, address):
    found, page = [], json.loads(client.get(address).content)
    count = page["count"]
    while True:
        found += page["results"]
        if page["next"] is None:
            assert count == len(found)
            return found
        page = json.loads(client.get(page["next"]).content)


def test_the_whole_record_is_there_as_at_today(client, record):
    assert count_on(client.get("/states/")) == 195
    assert count_on(client.get("/states/?status=member")) == 193
    assert count_on(client.get("/states/?status=member&first_report=recorded")) == 185
    assert count_on(client.get("/states/?status=member&first_report=none+recorded")) == 8


@pytest.mark.parametrize(
    ("as_of", "members"), [("2006-06-27", 191), ("2006-06-28", 192), ("2011-07-13", 192), ("2011-07-14", 193)]
)
def test_the_number_of_member_states_moves(client, record, as_of, members):
    assert count_on(client.get(f"/states/?status=member&as_of={as_of}")) == members


def test_all_members_of_the_cis_had_reported_by_the_day_of_the_message(client, record):
    members = rows_of(client.get("/states/?organization=CIS&as_of=2013-01-15&format=csv&cols=iso3&cols=first_report"))
    assert {row["iso3"] for row in members} >= {"ARM", "AZE", "BLR", "KAZ", "KGZ", "MDA", "RUS", "TJK", "UZB"}
    assert {row["first_report"] for row in members} == {"recorded"}


def test_the_visits_stand_in_the_order_of_the_message(client, record):
    visits = rows_of(client.get("/visits/?as_of=2013-11-18&format=csv&cols=iso3&cols=number&cols=status"))
    assert [row["iso3"] for row in visits] == ["USA", "MDG", "ALB", "COG", "TTO", "GRD", "BFA", "KOR"]
    assert [row["number"] for row in visits] == [str(number) for number in range(1, 9)]
    assert [row["status"] for row in visits] == ["conducted"] * 7 + ["under way"]


REFUSED = [
    ("nonsense=1", "nonsense", "no such parameter"),
    ("regoin=Africa", "regoin", "Did you mean “region”?"),
    ("region=Narnia", "region", "Narnia"),
    ("as_of=2013-02-30", "as_of", "There is no day"),
    ("as_of=01.02.2013", "as_of", "Write it as 2013-01-15"),
    ("as_of=2004-04-27", "as_of", "2004-04-28"),
    ("as_of=2999-01-01", "as_of", "has not come yet"),
    ("as_of=2013-01-15&as_of=2013-01-15", "as_of", "one value"),
    ("sort=name&sort=region", "sort", "one value"),
    ("sort=password", "sort", "is not one of"),
    ("sort=--name", "sort", "is not one of"),
    ("page=0", "page", "number from 1"),
    ("page=-1", "page", "number from 1"),
    ("page=99999999999999999999", "page", "number from 1"),
    ("page=%EF%BC%91", "page", "number from 1"),
    ("per_page=1000", "per_page", "is not one of"),
    ("cols=internal_note", "cols", "is not one of"),
    ("format=yaml", "format", "is not one of"),
    ("format=csv&page=2", "page", "holds every row"),
    ("name=%00", "query", "control character"),
    ("name=%ff", "query", "UTF-8"),
    (f"name={'x' * 101}", "name", "100"),
    (f"name={'x' * 4001}", "query", "longer"),
]


@pytest.mark.parametrize(("query", "parameter", "reason"), REFUSED, ids=lambda value: value[:40])
def test_a_question_that_is_not_understood_is_refused_with_its_reason(client, db, query, parameter, reason):
    for form in ("", "&format=json", "&format=csv"):
        if form and ("format" in query or "csv" in form and "page" in query):
            continue
        response = client.get(f"/states/?{query}{form}")
        assert response.status_code == 400
        words = json.loads(response.content)["reason"] if "json" in form else response.content.decode()
        assert parameter in words
        assert reason in words


def test_a_period_that_ends_before_it_starts_is_refused(client, db):
    response = client.get("/reports/?since=2013-02-01&until=2013-01-31")
    assert response.status_code == 400
    assert "until" in response.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_a_page_past_the_end_is_not_there(client, db, name):
    assert client.get(asking(name)).status_code == 200
    assert client.get(asking(name, page="2")).status_code == 404
    assert client.get(asking(name, page="2", format="json")).json()["reason"].startswith("page:")


def test_what_a_form_leaves_empty_is_not_in_the_address(client, db):
    response = client.get("/states/?name=&region=Africa&as_of=&per_page=")
    assert response.status_code == 302
    assert response.headers["Location"] == "/states/?region=Africa"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", LISTS)
def test_a_public_page_only_reads(client, db, name, method):
    assert getattr(client, method)(asking(name)).status_code == 405


def test_a_public_page_sets_no_cookie_and_allows_nothing_from_elsewhere(client, db):
    response = client.get("/states/")
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "<script" not in response.content.decode()


def test_every_file_links_to_what_is_said_of_designations(client, record):
    files = [one for one in addresses() if "format=csv" in one or "format=json" in one]
    answers = [(one, client.get(one)) for one in [*files[::5], "/groups/?format=json", "/states/TCD/?format=json"]]
    linked = {one: answer.headers.get("Link") for one, answer in answers if answer.status_code == 200}
    assert set(linked.values()) == {'<http://testserver/about/#designations>; rel="terms-of-service"'}, linked
    assert len(linked) > 50


def test_an_empty_list_says_so_in_words(client, db):
    assert "No States recorded as at" in client.get("/states/").content.decode()
    assert "Remove a filter" in client.get("/states/?region=Africa").content.decode()


def test_region_organization_and_day_travel_to_the_next_list(client, record):
    page = client.get("/states/?region=Africa&organization=AU&as_of=2013-01-15&sort=name").content.decode()
    assert 'href="/visits/?region=Africa&amp;organization=AU&amp;as_of=2013-01-15"' in page


def test_a_formula_in_a_name_is_text_in_every_file(client, db):
    make.event(make.state(), title="=1+1", published=True)
    assert rows_of(client.get("/events/?format=csv"))[0]["title"] == "'=1+1"
    book = load_workbook(io.BytesIO(client.get("/events/?format=xlsx&cols=title").getvalue()))
    assert [(cell.value, cell.data_type) for cell in book.worksheets[0]["A"]] == [("title", "s"), ("=1+1", "s")]
    assert client.get("/events/?format=json").json()["results"][0]["title"] == "=1+1"


def test_a_table_has_a_caption_scopes_and_says_how_it_is_sorted(client, db):
    make.state()
    page = client.get("/states/?sort=-name").content.decode()
    assert "<caption" in page
    assert 'aria-sort="descending"' in page
    assert page.count('<th scope="col"') == len(LISTS["states"].table_class.shown([]))


def test_a_list_of_two_hundred_asks_no_more_of_the_database_than_one_of_two(client, db):
    asked = {
        name: [asking(name, per_page="200"), asking(name, per_page="200", format="json"), asking(name, format="csv")]
        for name in LISTS
    }
    fill(0, 2)
    few = {name: [queries_of(client, address) for address in addresses] for name, addresses in asked.items()}
    fill(2, 200)
    assert {name: [queries_of(client, address) for address in addresses] for name, addresses in asked.items()} == few
    assert {name: len(rows_of(client.get(addresses[-1]))) for name, addresses in asked.items()} == dict.fromkeys(
        LISTS, 200
    )


def queries_of(client, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_two_states_of_one_name_order_stand_by_key(client, db):
    fill(0, 30)
    asked = "/reports/?sort=kind&per_page=25&format=json&cols=state"
    states = [row["state"] for row in pages_of(client, asked)]
    assert len(set(states)) == 30


@pytest.mark.parametrize("name", LISTS)
def test_every_column_sorts_both_ways_nulls_last(client, record, name):
    for column, one in LISTS[name].table_class.base_columns.items():
        if not one.orderable:
            assert client.get(asking(name, sort=column)).status_code == 400
            continue
        for sort in (column, f"-{column}"):
            values = [row[column] for row in rows_of(client.get(asking(name, sort=sort, cols=column, format="csv")))]
            filled = [value != "" for value in values]
            assert filled == sorted(filled, reverse=True)


def test_as_of_today_is_the_page_of_today(client, record):
    dated = client.get(f"/states/?as_of={today().isoformat()}&format=csv").getvalue()
    assert dated == client.get("/states/?format=csv").getvalue()
    assert State.objects.count() == 195
