"""What may be asked of a board: strictly, with the list's filters, a year earlier or later, and back to the table."""

import re
from datetime import date
from html import unescape

import pytest

from r1540.as_at.day import today
from r1540.pages.states.board import years_from
from tests import factories as make
from tests.public.boards import board_of, rows_of

REFUSED = [
    ("view=map", "view", "is not one of: table, board"),
    ("view=board&measure=score", "measure", "is not one of: first_report"),
    ("view=board&by=subregion", "by", "is not one of: group, region, organization"),
    ("measure=visit", "measure", "only a board has it"),
    ("by=region", "by", "only a board has it"),
    ("view=table&by=region", "by", "only a board has it"),
    ("measure=visit&format=csv", "measure", "only a board has it"),
    ("view=board&view=table", "view", "one value"),
    ("view=board&sort=name", "sort", "Leave sort out"),
    ("view=board&page=2", "page", "Leave page out"),
    ("view=board&per_page=25", "per_page", "Leave per_page out"),
    ("view=board&cols=iso3", "cols", "Leave cols out"),
    ("view=board&format=csv", "view", "rows of the list"),
    ("view=board&format=json", "view", "rows of the list"),
    ("view=board&format=yaml", "format", "is not one of"),
    ("view=board&region=Narnia", "region", "Narnia"),
    ("view=board&as_of=2999-01-01", "as_of", "has not come yet"),
]


@pytest.mark.parametrize(("query", "parameter", "reason"), REFUSED)
def test_what_a_board_does_not_understand_is_refused_with_its_reason(client, db, query, parameter, reason):
    response = client.get(f"/states/?{query}")
    assert response.status_code == 400
    words = response.json()["reason"] if "json" in query else unescape(response.content.decode())
    assert f"{parameter}: " in words
    assert reason in words


def test_no_other_list_has_a_board(client, db):
    assert client.get("/visits/?view=board").status_code == 400


def test_what_a_form_leaves_empty_is_not_in_the_address_of_a_board(client, db):
    response = client.get("/states/?view=board&name=&measure=visit&by=")
    assert (response.status_code, response.headers["Location"]) == (302, "/states/?view=board&measure=visit")


# From here to there.


def test_table_and_board_lead_to_each_other_with_filters_and_day(client, db):
    def switch(address):
        nav = re.search(r'<nav class="views".*?</nav>', client.get(address).content.decode(), re.S).group()
        return [(unescape(one), "aria-current" in rest) for one, rest in re.findall(r'href="([^"]*)"([^>]*)>', nav)]

    kept = "region=Africa&as_of=2013-01-15"
    for address, is_board in (
        (f"/states/?{kept}&sort=-name&per_page=25&cols=iso3", False),
        (f"/states/?{kept}&view=board&measure=plan&by=region", True),
    ):
        table, board = switch(address)
        assert (table[1], board[1]) == (not is_board, is_board)
        assert table[0] == (f"/states/?{kept}" if is_board else address)
        assert board[0].startswith(f"/states/?{kept}&view=board")
        assert client.get(board[0]).status_code == 200
    assert 'class="views"' not in client.get("/visits/").content.decode()


def test_the_files_of_a_board_are_those_of_the_list(client, db):
    make.state()
    page = board_of(client, region="Africa", measure="plan", by="region").page
    assert 'href="/states/?region=Africa&amp;format=csv"' in page
    assert rows_of(client, "/states/?region=Africa") == ["TCD"]


def test_the_forms_of_a_board_keep_what_was_asked(client, db):
    page = board_of(client, region=["Africa", "Asia"], measure="plan", by="region", as_of="2013-01-15").page
    filters, day = re.findall(r'<form class="(?:filters|day)".*?</form>', page, re.S)
    hidden = {one: set(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', one)) for one in (filters, day)}
    view = {("view", "board"), ("measure", "plan"), ("by", "region")}
    assert hidden[filters] == {*view, ("as_of", "2013-01-15")}
    assert hidden[day] == {*view, ("region", "Africa"), ("region", "Asia")}


STEPS = [
    ("2013-01-15", "2012-01-15", "2014-01-15"),
    ("2004-04-28", None, "2005-04-28"),
    ("2004-12-31", "2004-04-28", "2005-12-31"),
    ("2008-02-29", "2007-02-28", "2009-02-28"),
]


@pytest.mark.parametrize(("day", "earlier", "later"), STEPS)
def test_a_year_earlier_and_a_year_later_are_a_link_away(client, db, day, earlier, later):
    assert steps_of(board_of(client, as_of=day, by="region").page) == {
        rel: f"/states/?view=board&as_of={there}&by=region"
        for rel, there in (("prev", earlier), ("next", later))
        if there
    }


def test_no_step_leads_past_today(client, db):
    assert set(steps_of(board_of(client).page)) == {"prev"}
    near = date.fromordinal(today().toordinal() - 30).isoformat()
    page = board_of(client, as_of=near).page
    assert steps_of(page)["next"] == "/states/?view=board"
    assert ">Today<" in page
    a_year_ago = years_from(today(), -1).isoformat()
    assert steps_of(board_of(client, as_of=a_year_ago).page)["next"] == "/states/?view=board"


def steps_of(page: str) -> dict:
    return {rel: unescape(address) for rel, address in re.findall(r'class="step" rel="(\w+)" href="([^"]*)"', page)}
