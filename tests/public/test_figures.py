"""Figures: number on the page = rows of its list = rows of its files, at any day, in any place; explained; moved."""

import csv
import io
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test import Client

from r1540 import door
from r1540.as_at.day import today
from r1540.pages.figures import last_move
from r1540.pages.figures.daily_counts import counts_until
from r1540.pages.figures.definitions import BY_SLUG, FIGURES
from r1540.pages.figures.places import ALL, GROUPINGS, PUBLISHED, places
from r1540.pages.figures.published import Comparison, contradicting
from r1540.pages.figures.tally import Tally
from states.models import Measure, PublishedFigure, State
from tests import factories as make
from visits.models import Visit

pytestmark = pytest.mark.django_db
FIRST = date(2004, 4, 28)
DAYS = [date(2013, 1, 15), date(2013, 11, 18), date(2022, 6, 1)]


def random_days(seed, number):
    random = Random(seed)
    return [FIRST + timedelta(days=random.randrange((today() - FIRST).days + 1)) for _ in range(number)]


@pytest.fixture
def random_record():
    """Forty States with facts whose days are known to the day, the month, the year, or by a day."""
    random = Random(1540)

    def when(year):
        return random.choice([f"{year}-0{random.randint(1, 9)}-1{random.randint(0, 9)}", f"{year}-11", f"{year}"])

    organizations = [make.organization(acronym) for acronym in ("AU", "CIS")]
    for number in range(40):
        state = make.state(f"State {number}", admitted_on=random.choice(["1960-09-20", "2006-06-28", "2011-07-14"]))
        if number % 3:
            make.membership(random.choice(organizations), state, joined=random.choice([None, "2010", "2012-05"]))
        common = {"published": True}
        if random.random() < 0.8:
            make.report(state, random.choice([when(2005), "by 1 June 2012"]), **common)
        for year in range(2013, 2013 + random.randrange(3)):
            make.report(state, when(year), kind="additional information", **common)
        if random.random() < 0.5:
            make.visit(state, when(2014), invited=random.choice([None, "2013-12-01"]), **common)
        if random.random() < 0.5:
            make.plan(state, random.choice([None, when(2016)]), announced="2015-03", **common)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself after a while; plans for empty tables take minutes


def listed(client, address):
    """How many rows a list says it has, how many its page shows at most 200 of, and how many its CSV has."""
    data = client.get(address + ("&" if "?" in address else "?") + "format=json").json()
    text = client.get(f"{address}&format=csv").getvalue().decode("utf-8-sig")
    return data["count"], len(list(csv.DictReader(io.StringIO(text))))


def check(client, cells):
    for cell in cells:
        for address, number in ((cell.certain_address, cell.certain), (cell.possible_address, cell.possible)):
            if address.split("?")[1].split("&")[0] and (address is cell.certain_address or cell.figure.possible):
                assert listed(client, address) == (number, number), address


def test_every_number_is_the_rows_of_its_list_and_of_its_files(random_record):
    random, client, seen = Random(1), Client(), 0
    for day in random_days(7, 3):
        tally = Tally(day)
        every = [ALL, *(place for grouping in GROUPINGS for place in places(grouping))]
        cells = [tally.cell(figure, place) for figure in FIGURES for place in random.sample([*every, ALL], 1)]
        seen += sum(cell.highest for cell in cells)
        check(client, cells)
    assert seen > 60


def test_and_so_it_is_in_the_shipped_record(record):
    client = Client()
    for day in [DAYS[0], *random_days(3, 1)]:
        tally = Tally(day)
        check(client, [tally.cell(figure) for figure in FIGURES])
        check(client, [tally.cell(figure, places("group")[0]) for figure in FIGURES[1:4]])


@pytest.mark.parametrize("grouping", ["group", "region", "subregion"])
def test_the_places_of_a_grouping_add_up_to_all(record, grouping):
    tally = Tally(DAYS[0])
    for figure in FIGURES:
        cells = [tally.cell(figure, place) for place in places(grouping)]
        assert sum(cell.certain for cell in cells) == tally.cell(figure).certain


def test_an_organization_has_its_members_as_at_the_day(record):
    place = next(one for one in places("organization") if one.value == "CIS")
    assert Tally(DAYS[0]).cell(BY_SLUG["first-reports"], place).certain == Tally(DAYS[0]).members(place) > 8


def test_all_figures_by_any_grouping_take_the_same_queries(record, django_assert_max_num_queries):
    client = Client()
    client.get("/figures/")
    for grouping in GROUPINGS:
        with django_assert_max_num_queries(20):  # half of them cached for one revision, where pages are made
            assert client.get(f"/figures/?by={grouping}&as_of=2013-01-15").status_code == 200


def test_the_table_of_a_tally_is_four_queries_however_many_places(random_record, django_assert_num_queries):
    tally = Tally(DAYS[0])
    with door.public_transaction():
        with django_assert_num_queries(5):  # of four lists, and of what was published
            for figure in FIGURES:
                for grouping in ("group", "region", "subregion"):
                    for place in places(grouping):
                        tally.cell(figure, place)
        with django_assert_num_queries(2):  # the names of organizations, and their members
            for place in places("organization"):
                tally.cell(FIGURES[0], place)


def test_what_stands_beside_a_published_figure_is_the_number_of_its_list(random_record):
    for day in random_days(5, 6):
        tally = Tally(day)
        for figure, place in PUBLISHED.values():
            cell, count = tally.cell(figure, place), counts_until(day, figure.slug, place)[-1]
            assert (count.certain, count.highest) == (cell.certain, cell.highest), (figure.slug, place, day)


def test_contradictions_are_few_queries_however_many_figures_were_published(record, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):  # to open and shut the door, one of the figures, the rest of daily counts
        contradicting()


def test_a_share_is_never_0_for_some_nor_100_for_not_all(record):
    cell = Tally(DAYS[0]).cell(BY_SLUG["member-states"])
    assert (cell.certain, cell.share) == (193, "")
    none = Tally(date(2022, 6, 1)).cell(BY_SLUG["no-first-report"])
    assert none.share == "4 per cent"
    assert Tally(FIRST).cell(BY_SLUG["first-reports"]).share == "0–79 per cent"


# The pages


def test_the_cases_of_the_two_messages(record):
    page = Client().get("/figures/?as_of=2013-01-15").text
    assert "around 170" in page
    assert "Until 25 April 2021" in page
    explained = Client().get("/figures/first-reports/?as_of=2013-01-15").text
    assert "Member States whose first report was submitted by the day." in explained
    assert "status=member&amp;first_report=recorded&amp;as_of=2013-01-15" in explained


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_has_a_row_for_each_number_of_the_page(record, form):
    answer = Client().get(f"/figures/?as_of=2013-11-18&by=region&format={form}")
    if form == "json":
        rows = answer.json()["results"]
    else:
        rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert len(rows) == len(FIGURES) * 6
    visits = next(row for row in rows if (row["figure"], row["place"]) == ("visits", "all"))
    assert str(visits["certain"]) == "8" or str(visits["certain"]) == "7"
    assert Client().get(visits["list"]).status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/figures/?by=continent", 400, "by: “continent” is not one of"),
        ("/figures/?region=Africa", 400, "region: this address has no such parameter"),
        ("/figures/?format=xlsx", 400, "format"),
        ("/figures/first-report/", 404, "There is no figure “first-report”"),
        ("/figures/first-reports/?region=Atlantis", 400, "region: “Atlantis” is not one of"),
        ("/figures/first-reports/?organization=NONE", 400, "no organization is recorded"),
        ("/figures/first-reports/?region=Africa&group=African+Group", 400, "a figure is of one place"),
        ("/figures/first-reports/?region=Africa&region=Asia", 400, "it takes one value"),
    ],
)
def test_what_is_not_understood_is_refused(record, address, status, words):
    answer = Client().get(address)
    assert answer.status_code == status
    assert words in answer.text


@pytest.mark.parametrize("slug", BY_SLUG)
def test_every_figure_is_explained_in_every_kind_of_place(record, slug):
    for query in ("", "?region=Africa", "?organization=CIS&as_of=2013-01-15", "?as_of=2004-04-28"):
        answer = Client().get(f"/figures/{slug}/{query}")
        assert answer.status_code == 200
        assert "Last moved" in answer.text
    data = Client().get(f"/figures/{slug}/?format=json").json()
    assert data["figure"] == slug


def test_every_figure_has_what_moves_it():
    assert last_move.CAUSES.keys() == BY_SLUG.keys()


def test_what_last_moved_a_figure_is_when_its_number_became_what_it_is(random_record):
    moves = 0
    for day in random_days(11, 6):
        for figure in FIGURES:
            now, move = Tally(day).cell(figure).certain, last_move.find_last_move(figure, ALL, day)
            days = [FIRST, *([move.day] if move else [])]
            at = max(one for one in days if one <= day)
            assert Tally(at).cell(figure).certain == now, (figure.slug, day, at)
            if move and at > FIRST:
                moves += 1
                assert Tally(at - timedelta(days=1)).cell(figure).certain != now or figure.slug == "member-states"
    assert moves > 20


# Published beside computed


@pytest.mark.parametrize(
    ("value", "qualifier", "lowest", "highest", "words"),
    [
        (169, "exact", 169, 169, "the same"),
        (169, "exact", 165, 170, "within the computed range"),
        (172, "exact", 169, 169, "3 more than computed"),
        (160, "exact", 169, 169, "9 fewer than computed"),
        (160, "exact", 165, 169, "5 to 9 fewer than computed"),
        (170, "around", 169, 169, "agrees with what is computed"),
        (170, "around", 164, 164, "around 6 more than computed"),
        (170, "about", 176, 180, "about 6 to 10 fewer than computed"),
        (20, "more than", 21, 21, "agrees with what is computed"),
        (20, "more than", 15, 15, "more than 5 more than computed"),
        (97, "at least", 97, 97, "agrees with what is computed"),
        (97, "at least", 90, 105, "within the computed range"),
        (97, "at least", 90, 96, "at least 1 to 7 more than computed"),
    ],
)
def test_the_difference_in_words(value, qualifier, lowest, highest, words):
    one = Comparison(PublishedFigure(value=value, qualifier=qualifier), lowest, highest)
    assert one.difference == words
    assert one.agrees is ("computed" in words and "than" not in words or words == "the same")


def test_a_published_figure_of_a_month_is_beside_what_was_computed_on_any_of_its_days():
    for day in ("2013-01-05", "2013-01-20"):
        make.report(make.state(f"State {day}"), day, published=True)
    make.figure(1, "January 2013", published=True, sources=[make.source(published=True)])
    page = Client().get("/figures/first-reports/?as_of=2013-02-01").text
    assert "0–2" in page
    assert "Within the computed range" in page
    assert "No published figure is recorded" in Client().get("/figures/first-reports/?as_of=2013-01-20").text


def test_published_figures_that_are_contradicted_wait_at_the_desk(admin_client):
    for name in ("Chad", "Congo"):
        make.report(make.state(name), "2005", published=True)
    make.figure(2, "2013-01-17", published=True)
    lower = make.figure(1, "2013-01-16", published=True)  # than what is recorded
    make.figure(50, "2013-01-16", measure=Measure.PEER_REVIEWS, published=True)
    of_plans = {"measure": Measure.PLANS, "published": True}
    plans = [make.figure(9, "2014", **of_plans), make.figure(8, "2015", **of_plans)]
    assert contradicting() == sorted([lower.pk, *(one.pk for one in plans)])
    rows = admin_client.get("/admin/states/publishedfigure/?waiting=contradicting").context["cl"].result_list
    assert {row.pk for row in rows} == {lower.pk, *(one.pk for one in plans)}
    assert "are contradicted by" in admin_client.get("/admin/").text


# The one number of what is not published


def test_the_pipeline_is_counted_as_its_queryset_says(db):
    random = Random(5)
    for number in range(30):
        days = {"invited": f"20{random.randint(10, 15)}-0{random.randint(1, 9)}", "kind": "at invitation"}
        if random.random() < 0.5:
            days["cancelled"] = f"2016-0{random.randint(1, 9)}-10"
        starts = random.choice([None, "2016", "by 1 June 2017", f"2016-1{random.randint(0, 2)}-05"])
        make.visit(make.state(f"State {number}"), starts, **days, checked=random.random() < 0.7)
    for day in random_days(9, 40):
        counted = Visit.objects.filter(checked=True).at_invitation().pipeline(day).count()
        assert Visit.in_pipeline(day) == counted
    assert Visit.in_pipeline(date(2016, 2, 1)) > 5


def test_the_pipeline_tells_a_number_only(db):
    chad = make.state("Chad")
    make.visit(chad, None, invited="2013-05-01", checked=True, note="Xyzzysecret")
    make.visit(make.state("Congo"), None, invited="2013-05-01", note="Xyzzysecret")
    page = Client().get("/figures/?as_of=2013-11-18").text
    assert 'Visits in the pipeline</th><td role="cell" class="number" data-label="Number">1</td>' in page
    assert "Xyzzysecret" not in page
    assert State.objects.count() == 2


def test_what_moved_many_at_once_names_none_of_them(client):
    for name in ("Chad", "Congo"):
        make.report(make.state(name), "by 1 June 2022", published=True)
    page = client.get("/figures/first-reports/?as_of=2022-06-05").text
    assert "On 1 June 2022. 2 facts: first report. Of 2 of them the day is not established" in page
    none = client.get("/figures/no-first-report/?as_of=2022-06-05").text
    assert "On 28 April 2004" in none


def test_who_joined_an_organization_moves_its_figures(client):
    make.membership(make.organization("ASEAN"), make.state("Timor-Leste"), joined="2025-10-26")
    page = client.get("/figures/member-states/?organization=ASEAN&as_of=2025-11-01").text
    assert "On 26 October 2025" in page
    assert "Timor-Leste: joined ASEAN." in page


def test_another_day_is_asked_of_the_same_place(record, client):
    page = client.get("/figures/first-reports/?region=Africa").text
    assert '<input type="hidden" name="region" value="Africa">' in page


def test_a_fact_known_from_the_same_statement_only_does_not_confirm_it(client):
    statement, report = (make.source(reference, published=True) for reference in ("the-statement", "a-report"))
    for name, sources in (("Chad", [statement]), ("Congo", [statement, report]), ("Togo", [report])):
        make.report(make.state(name), "by 15 January 2013", published=True, sources=sources)
    make.figure(3, "2013-01-15", published=True, sources=[statement])
    page = client.get("/figures/first-reports/?as_of=2013-01-15").text
    assert "1 fact behind this number is known only from the same statement: it does not confirm it." in page
    data = client.get("/figures/first-reports/?as_of=2013-01-15&format=json").json()
    assert [one["facts_known_from_it_only"] for one in data["published"]] == [1]


def test_the_message_is_not_confirmed_by_what_is_known_from_it_though_another_source_tells_less(client, record):
    page = client.get("/figures/first-reports/?as_of=2013-01-15").text
    assert "8 facts behind this number are known only from the same statement: they do not confirm it." in page
