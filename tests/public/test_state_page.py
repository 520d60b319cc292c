"""The page of a State: the answers first, what has no day apart from what has one, each source once."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from states.models import State, fact_models_of_states
from tests import factories as make
from tests.public.test_source_page import html, words

SENTENCES = re.compile(r'<ul class="sentences">(.*?)</ul>', re.DOTALL)
UNDATED = '<h3 id="undated">'


def sentence(client, what, day="") -> str:
    found = SENTENCES.search(html(client, f"/states/TCD/{day and f'?as_of={day}'}"))[1]
    return dict(re.findall(r"<strong>([^<]*):</strong> (.*)</li>", found))[what]


def said(client, what, day="") -> str:
    return words(sentence(client, what, day))


FIRST_REPORTS = [
    (None, "", "none recorded."),
    ("2004-10-27", "", "submitted on 27 October 2004."),
    ("2004-10", "", "submitted in October 2004."),
    ("2004-10-27", "2004-10-26", "none recorded."),
    ("2004-10", "2004-10-26", "day not established (October 2004). It may have been submitted after 26 October 2004."),
    ("by 1 June 2022", "", "recorded; day not established (by 1 June 2022 at the latest)."),
    (
        "by 1 June 2022",
        "2013-01-15",
        "day not established (by 1 June 2022 at the latest). It may have been submitted after 15 January 2013.",
    ),
]


@pytest.mark.parametrize(("submitted", "day", "expected"), FIRST_REPORTS, ids=str)
def test_the_first_report_in_a_sentence(client, db, submitted, day, expected):
    chad = make.state()
    if submitted:
        make.report(chad, submitted, published=True)
    assert said(client, "First report", day) == expected


INFORMATION = [
    ([], "none recorded here, which is not to say that none was sent."),
    (["2007-12-21"], "1 communication recorded, 21 December 2007."),
    (["2007-12-21", "2010-05"], "2 communications recorded, the latest May 2010."),
    (["by 2012"], "1 communication recorded; the day of 1 is not established."),
    (
        ["2007-12-21", "by 2012", "2013"],
        "2 communications recorded, 21 December 2007; the day of 1 is not established;"
        " 1 may have been sent after 30 June 2013.",
    ),
]


@pytest.mark.parametrize(("days", "expected"), INFORMATION, ids=str)
def test_additional_information_in_a_sentence(client, db, days, expected):
    chad = make.state()
    for day in days:
        make.report(chad, day, kind="additional information", published=True)
    assert said(client, "Additional information", "2013-06-30") == expected


def test_visits_plans_and_events_in_sentences(client, db):
    chad = make.state()
    for what in ("Visit at invitation", "National implementation action plan", "Events"):
        assert said(client, what).startswith("none recorded.")
    make.visit(make.state("France"), "2011-09-12", published=True)
    make.visit(chad, "2013-11-11", ends="2013-11-15", reference="V", published=True)
    make.visit(chad, "2016-05", ends="2016-05", kind="joint", published=True)
    make.plan(chad, "by 17 October 2017", published=True)
    for day in ("2013-01-15", "2014-06-10"):
        make.event(chad, day, title=f"Workshop of {day}", ends=day, published=True)
    assert said(client, "Visit at invitation") == "conducted, 11–15 November 2013, second in the order of visits."
    assert 'href="#V"' in sentence(client, "Visit at invitation")
    assert said(client, "Joint visit") == "recorded, May 2016. It is not counted."
    plan = "plan 1 submitted; day not established (by 17 October 2017 at the latest)."
    assert said(client, "National implementation action plan") == plan
    assert said(client, "Events") == "2 recorded, the latest: Workshop of 2014-06-10, 10 June 2014."
    make.visit(chad, "between 1 January 2017 and 31 December 2018", published=True)
    assert "conducted; day not established (between 1 January 2017 and" in said(client, "Visit at invitation")


def test_the_organizations_of_the_day_in_a_sentence(client, db):
    chad = make.state()
    make.membership(make.organization("AU"), chad, joined="2013-01-15", certainty="recollection")
    assert said(client, "Organizations") == "AU (from recollection)."
    assert said(client, "Organizations", "2013-01-14") == "none recorded."


def test_what_has_no_day_stands_apart_from_what_has_one(client, db):
    chad = make.state()
    make.report(chad, "by 1 June 2004", reference="R-1", published=True)
    make.report(chad, "2013-11-05", kind="additional information", reference="R-2", published=True)
    make.event(chad, "between 13 and 17 January 2014", reference="E-1", published=True)
    make.event(chad, "[2015-01-01..2016-12-31]", reference="E-2", published=True)
    dated, _, undated = html(client, "/states/TCD/").partition(UNDATED)
    anchors = [re.findall(r'<li id="([RE]-.)">', part) for part in (dated, undated)]
    assert anchors == [["R-2", "E-1"], ["R-1", "E-2"]]
    assert "by 1 June 2004 at the latest First report submitted" in words(undated)
    assert UNDATED not in html(client, "/states/TCD/?as_of=2004-04-28").partition("R-1")[0]
    # Its days lie around the day of the page.
    assert "(perhaps after 1 January 2016)" in words(html(client, "/states/TCD/?as_of=2016-01-01"))


def test_each_source_is_listed_once_and_leads_back_to_what_cites_it(client, db):
    chad, texts = make.state(), {"publisher": "United Nations"}
    one = make.source("one", dated="2013-11-15", published=True, **texts)
    two = make.source("two", dated="2014-01-20", link="https://un.org/two", published=True, **texts)
    make.report(chad, "by 1 June 2022", reference="R", sources=[two], published=True)
    make.visit(chad, "2013-11-11", reference="V", sources=[one, two], published=True)
    page = html(client, "/states/TCD/")
    notes = page.partition('<ol class="source-notes">')[2].partition("</ol>")[0]
    assert re.findall(r'<li id="source-(\d)">\s*<a href="/sources/(one|two)/">', notes) == [("1", "one"), ("2", "two")]
    assert 'href="https://un.org/two"' in notes
    cited = {number: re.findall(r'<a href="#([RV])">', note) for number, note in enumerate(notes.split("<li ")[1:], 1)}
    assert cited == {1: ["V"], 2: ["V", "R"]}
    links = re.findall(r'<a class="note" href="#source-(\d)">\[\1\]', page)
    assert links == ["1", "2", "2"]  # in the order in which they are read


def test_every_fragment_of_the_page_leads_somewhere(client, record):
    for iso3 in State.objects.values_list("iso3", flat=True)[::6]:
        page = html(client, f"/states/{iso3}/")
        anchors = re.findall(r' id="([^"]+)"', page)
        assert len(anchors) == len(set(anchors)), iso3
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors), iso3


def test_a_fact_known_only_from_a_message_says_so(client, record):
    only = "Known only from the statement “Message of the Chair, 15 January 2013”; it does not confirm it."
    assert only in words(html(client, "/states/BLR/?as_of=2013-01-15"))
    # A document tells the day of Armenia's: the message is one source of several.
    assert "Known only from" not in words(html(client, "/states/ARM/?as_of=2013-01-15"))


def test_more_facts_ask_no_more_of_the_database(client, db):
    chad, source = make.state(), make.source(published=True)

    def queries() -> int:
        client.get("/states/TCD/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/states/TCD/").status_code == 200
        return len(found)

    def fill(year):
        for model in fact_models_of_states():
            more = {"number": year - 2009} if model.__name__ == "ActionPlan" else {}
            kind = {"kind": "additional information"} if model.__name__ == "Report" else {}
            day = {"submitted" if model.__name__ in ("Report", "ActionPlan") else "starts": str(year)}
            make.fact(model, chad, sources=[source], published=True, **day, **more, **kind)

    fill(2010)
    few = queries()
    for year in range(2011, 2017):
        fill(year)
    assert queries() == few <= 20
