"""The files of lists are read by the programs that readers have: pandas and openpyxl, without help."""

import csv
import io
import re
from datetime import date

import openpyxl
import pandas
import pytest

from r1540.as_at.when import When, edtf_period
from r1540.lists.columns import DatesColumn
from states.models import fact_models_of_states
from tests import factories as make
from tests.public.addresses import LISTS, asking

FACTS = [model.fact_kind.plural for model in fact_models_of_states()]
DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


def whole(name) -> dict:
    """What to ask for every column of a list."""
    return {"cols": list(LISTS[name].table_class.base_columns)}


def in_csv(client, name, **asked) -> list[dict]:
    text = client.get(asking(name, format="csv", **asked)).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_csv(client, name, **asked):
    return pandas.read_csv(io.BytesIO(client.get(asking(name, format="csv", **asked)).getvalue()))


@pytest.mark.parametrize("name", LISTS)
def test_pandas_reads_every_cell_of_a_csv_file(client, record, name):
    frame, rows = read_csv(client, name, **whole(name)), in_csv(client, name, **whole(name))
    assert list(frame.columns) == list(rows[0])
    assert len(frame) == len(rows)
    for column in frame.columns:
        empty = [row[column] == "" for row in rows]
        assert list(frame[column].isna()) == empty, f"{column}: pandas takes a value for none."


@pytest.mark.parametrize("name", LISTS)
def test_pandas_reads_the_same_of_a_workbook_and_of_json(client, record, name):
    frame = read_csv(client, name)
    book = io.BytesIO(client.get(asking(name, format="xlsx")).getvalue())
    of_book = pandas.read_excel(book)
    assert list(of_book.columns) == list(frame.columns)
    assert len(of_book) == len(frame)
    of_json = pandas.DataFrame(client.get(asking(name, format="json", per_page="200")).json()["results"])
    assert list(of_json.columns) == list(frame.columns)
    for column in ("iso3", "address", "reference"):
        if column in frame:
            assert list(of_book[column]) == list(frame[column])
            assert list(of_json[column]) == list(frame[column][: len(of_json)])


@pytest.mark.parametrize("name", FACTS)
def test_each_file_of_facts_has_iso3_and_an_address_that_answers(client, record, name):
    for asked in ({}, {"cols": ["certainty"]}, {"as_of": "2013-11-18"}):
        rows = in_csv(client, name, **asked)
        assert all(re.fullmatch("[A-Z]{3}", row["iso3"]) for row in rows)
        address = rows[0]["address"]
        page = client.get(address.removeprefix("http://testserver").partition("#")[0])
        assert page.status_code == 200
        anchor = address.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in page.text


@pytest.mark.parametrize("name", LISTS)
def test_beside_each_date_stand_the_earliest_and_the_latest_day(client, record, name):
    dates = [column for column, one in LISTS[name].table_class.base_columns.items() if isinstance(one, DatesColumn)]
    rows = in_csv(client, name, **whole(name))
    for column in dates:
        for row in rows:
            earliest, latest = row[f"{column}_earliest"], row[f"{column}_latest"]
            assert bool(latest) == (row[column] != "" and not row[column].endswith("/"))
            assert all(DAY.match(day) for day in (earliest, latest) if day)
            assert not earliest or not latest or earliest <= latest
            if row[column] and "/" not in row[column]:
                when = When.parse(row[column])
                assert (earliest, latest) == (str(when.earliest or ""), str(when.latest))
        header = list(rows[0])
        place = header.index(column)
        assert header[place : place + 3] == [column, f"{column}_earliest", f"{column}_latest"]


def test_pandas_reckons_with_the_days(client, record):
    frame = read_csv(client, "reports", kind="first report")
    days = pandas.to_datetime(frame["submitted_latest"])
    assert len(frame[days <= "2022-06-01"]) == len(in_csv(client, "reports", kind="first report", as_of="2022-06-01"))


PERIODS = [
    ("2013-01-15", "2013-01-17", "2013-01-15/2013-01-17"),
    ("2013-01-15", None, "2013-01-15/"),
    (None, "2015", "/2015"),
    ("2013-01-15", "2013-01-15", "2013-01-15"),
    ("2011", "2015", "2011/2015"),
    ("2013-11", "2013-12-05", "2013-11/2013-12-05"),
    ("[2011-09-12..2013-04-30]", None, "[2011-09-12..2013-04-30]"),
    ("[2011-09-12..2013-04-30]", "2013-05-02", "[2011-09-12..2013-05-02]"),
    ("2013-01-15", "[..2013-02-01]", "[2013-01-15..2013-02-01]"),
    ("[..2013-01-15]", "2013-02-01", "[..2013-02-01]"),
    (None, None, None),
]


@pytest.mark.parametrize(("starts", "ends", "edtf"), PERIODS)
def test_a_period_as_edtf(starts, ends, edtf):
    assert edtf_period(starts and When.parse(starts), ends and When.parse(ends)) == edtf


def test_the_days_of_a_visit_are_days(client, db):
    chad = make.state("Chad")
    make.visit(chad, "2013-11-12", ends="2013-11-15", published=True)
    make.visit(chad, None, invited="2012-10", published=True)
    make.event(chad, "2013-01-15", published=True)
    make.visit(make.state("France"), "2014-11-12", published=True)
    begun, without_end, invited = client.get("/visits/?format=json").json()["results"]
    names = ("days", "days_earliest", "days_latest")
    assert [begun[name] for name in names] == ["2013-11-12/2013-11-15", "2013-11-12", "2013-11-15"]
    assert [without_end[name] for name in names] == ["2014-11-12/", "2014-11-12", None]
    assert [invited[name] for name in names] == [None, None, None]
    (event,) = client.get("/events/?format=json").json()["results"]
    assert [event[name] for name in names] == ["2013-01-15"] * 3
    assert "invited October 2012" in client.get("/visits/").text


@pytest.mark.parametrize("name", LISTS)
def test_files_have_their_columns_in_the_order_of_the_page(client, record, name):
    page = client.get(asking(name, **whole(name)))
    shown = [bound.name for bound in page.context["table"].columns]
    assert LISTS[name].table_class.header(shown) == list(in_csv(client, name, **whole(name))[0])


@pytest.mark.parametrize("name", LISTS)
def test_json_says_its_day(client, db, name):
    answer = client.get(asking(name, format="json", as_of="2013-01-15")).json()
    assert list(answer) == ["as_of", "count", "next", "previous", "known_gaps", "results"]
    assert answer["as_of"] == "2013-01-15"


def test_a_workbook_can_be_read_by_people(client, record):
    book = openpyxl.load_workbook(io.BytesIO(client.get("/reports/?format=xlsx&region=Africa").getvalue()))
    sheet = book["Reports"]
    assert book.properties.title == "Reports"
    assert sheet.freeze_panes == "A2"
    for column in sheet.iter_cols():
        longest = max(len(str(cell.value or "")) for cell in column)
        width = sheet.column_dimensions[column[0].column_letter].width
        assert width >= min(longest, 55), column[0].value
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert list(about) == ["List", "As at", "Filters", "Known to be incomplete", "Address", "Dates", "Designations"]
    assert about["Filters"] == "Region: Africa"
    assert about["Address"] == "http://testserver/reports/?region=Africa"
    assert about["As at"] == str(When.day(date.today()))
