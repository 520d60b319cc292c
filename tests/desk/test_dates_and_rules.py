"""Dates as people type them into forms; what cannot lie in the future; what is named before it is saved."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from r1540.as_at import past
from r1540.as_at.when import When
from states.models import ActionPlan, Report
from tests import factories
from tests.desk.admin_client import FACTS, SYMBOL, address, change, log, signed_in, typed
from visits.models import Event, Visit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
FIRST, ADDITIONAL = "first report", "additional information"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(past, "today", lambda: TODAY)


@pytest.fixture
def desk():
    return signed_in(None)


@pytest.fixture
def chad():
    return factories.state("Chad")


def add(desk, name, **fields):
    """Send the form of a new row."""
    return desk.post(reverse(f"admin:{name}_add"), {"certainty": "document-cited"} | fields)


def errors(answer):
    return {name: " ".join(told) for name, told in answer.context["adminform"].form.errors.items()}


def add_visit(desk, state, **fields):
    return add(desk, "visits_visit", state=state.pk, kind="at invitation", **fields)


def add_plan(desk, state, **fields):
    return add(desk, "states_actionplan", state=state.pk, **fields)


# First and last day


@pytest.mark.parametrize("starts", ["10–15 May 2014", "May 10 to 15, 2014", "2014-05-10/2014-05-15"])
def test_the_first_day_of_a_visit_takes_both_days(desk, chad, starts):
    answer = add_visit(desk, chad, starts=starts)
    assert answer.status_code == 302
    assert Visit.objects.get().days == "10–15 May 2014"


def test_the_form_shows_each_day_in_its_own_field_when_something_else_is_wrong(desk, chad):
    form = add_visit(desk, chad, starts="10–15 May 2014", link="no link").context["adminform"].form
    assert (form["starts"].value(), form["ends"].value()) == ("10 May 2014", "15 May 2014")


def test_both_days_and_a_last_day_that_says_otherwise_are_refused(desk, chad):
    answer = add_visit(desk, chad, starts="10–15 May 2014", ends="16 May 2014")
    assert "first and a last day" in errors(answer)["starts"]


def test_an_event_and_the_period_of_a_plan_take_both_ends_too(desk, chad):
    add(desk, "visits_event", state=chad.pk, kind="conference", title="Conference", starts="30 May – 2 June 2014")
    assert Event.objects.get().days == "30 May – 2 June 2014"
    add_plan(desk, chad, submitted="2014", period_starts="2014–2018")
    assert ActionPlan.objects.get().period == "2014–2018"


def test_of_one_day_a_first_and_a_last_are_refused_with_what_to_write(desk, chad):
    told = errors(log(desk, chad, "10–15 May 2014"))["submitted"]
    assert "write “between 10 May 2014 and 15 May 2014”" in told


@pytest.mark.parametrize(
    ("adopted", "day"),
    [
        ("28 April 2004", date(2004, 4, 28)),
        ("April 28, 2004", date(2004, 4, 28)),
        ("28.04.2004", date(2004, 4, 28)),
        ("2004-04-28", date(2004, 4, 28)),
        ("05/06/2004", None),
        ("May 2004", None),
    ],
)
def test_a_field_of_one_day_has_the_same_reader(desk, adopted, day):
    answer = add(desk, "states_resolution", symbol="S/RES/1540 (2004)", adopted_on=adopted, effect="Decided.")
    if day:
        assert answer.status_code == 302
    else:
        assert ("may be confused" if "/" in adopted else "is not one day") in errors(answer)["adopted_on"]


def test_the_calendar_puts_in_what_the_reader_takes_for_one_day(desk):
    formats = re.search(r'"DATE_INPUT_FORMATS": \[\s*"(.*?)"', desk.get(reverse("admin:jsi18n")).text)[1]
    assert When.parse(date(2004, 5, 3).strftime(formats)) == When.day(date(2004, 5, 3))


# The future

TOMORROW = TODAY + timedelta(days=1)
NOT_YET = [
    *("2 December 2026", "2027", "January 2027", "2030-01-01", "between 2 and 5 December 2026"),
    *("by 2 December 2026", "by 2030", "between 28 November and 5 December 2026", "between 2025 and 2027"),
]
HAPPENED = ["1 December 2026", "December 2026", "2026", "by 1 December 2026", "between 28 November and 1 December 2026"]


@pytest.mark.parametrize("text", NOT_YET)
def test_what_has_not_come_yet_is_no_day_on_which_something_happened(text):
    assert "(today is 1 December 2026, UTC)" in past.why_not_yet(When.parse(text), TODAY)


@pytest.mark.parametrize("text", HAPPENED)
def test_the_current_day_month_and_year_can_be(text):
    assert past.why_not_yet(When.parse(text), TODAY) == ""


def test_the_refusal_of_what_reaches_into_the_future_says_what_to_write():
    assert "Write “by 1 December 2026”" in past.why_not_yet(When.parse("by 2030"), TODAY)
    told = past.why_not_yet(When.parse("between 2025 and 2027"), TODAY)
    assert "Write “between 1 January 2025 and 1 December 2026”" in told


HAPPENINGS = [
    *(("states_report", field) for field in ("submitted", "received", "symbol_assigned", "issued")),
    *(("states_actionplan", field) for field in ("announced", "in_preparation", "adopted", "submitted")),
    *(("visits_visit", field) for field in ("invited", "postponed", "cancelled")),
    ("states_publishedfigure", "as_at"),
    ("states_source", "dated"),
    ("states_resolution", "adopted_on"),
]


@pytest.mark.parametrize(("name", "field"), HAPPENINGS)
def test_nothing_has_happened_in_the_future(desk, chad, name, field):
    url = address(name, "change", FACTS[name](chad))
    answer = desk.post(url, typed(desk, url) | {field: str(When.day(TOMORROW))})
    assert "2 December 2026 lies in the future" in errors(answer)[field]


@pytest.mark.parametrize(("name", "field"), HAPPENINGS)
def test_it_may_have_happened_today(desk, chad, name, field):
    url = address(name, "change", FACTS[name](chad))
    answer = desk.post(url, typed(desk, url) | {field: str(When.day(TODAY))})
    assert answer.status_code == 302 or field not in errors(answer)


def test_visits_and_events_are_planned_for_the_future(desk, chad):
    assert add_visit(desk, chad, starts="10–15 May 2027").status_code == 302
    answer = add(desk, "visits_event", state=chad.pk, kind="conference", title="Conference", starts="June 2027")
    assert answer.status_code == 302


def test_the_database_takes_a_row_of_a_backup_whatever_its_clock_says(chad):
    factories.report(chad, "2030-01-01")
    assert Report.objects.get().submitted == When.parse("2030-01-01")


# What is named before it is saved


def warned(answer):
    assert answer.status_code == 200
    assert list(errors(answer)) == ["save_all_the_same"]
    assert 'type="checkbox" name="save_all_the_same"' in answer.text
    return errors(answer)["save_all_the_same"]


@pytest.mark.parametrize("step", ["postponed", "cancelled"])
def test_a_visit_put_off_after_it_ended_is_named(desk, chad, step):
    days = {"starts": "10 May 2014", "ends": "15 May 2014", step: "16 May 2014"}
    assert f"The visit was {step} after it ended: on 16 May 2014; its last day is 15 May 2014." in warned(
        add_visit(desk, chad, **days)
    )
    assert add_visit(desk, chad, **days, save_all_the_same="on").status_code == 302


@pytest.mark.parametrize("postponed", ["1 May 2014", "15 May 2014", "May 2014", "by 1 June 2014"])
def test_a_visit_that_may_have_been_put_off_before_it_ended_is_not(desk, chad, postponed):
    assert add_visit(desk, chad, starts="10–15 May 2014", postponed=postponed).status_code == 302


def test_a_plan_submitted_before_it_was_announced_is_named(desk, chad):
    days = {"announced": "June 2012", "submitted": "May 2012"}
    told = warned(add_plan(desk, chad, **days))
    assert "The plan was submitted in May 2012, before it was announced in June 2012." in told
    assert add_plan(desk, chad, **days, save_all_the_same="on").status_code == 302


def test_a_plan_whose_steps_may_be_in_order_is_not(desk, chad):
    days = {"announced": "2012", "in_preparation": "by June 2012", "adopted": "2012", "submitted": "May 2012"}
    assert add_plan(desk, chad, **days).status_code == 302


@pytest.mark.parametrize(
    ("symbol", "submitted", "is_named"),
    [
        (SYMBOL, "12 May 2015", True),
        (SYMBOL.lower(), "2015", True),
        (SYMBOL, "between 2009 and 2015", False),
        (SYMBOL, "by 2015", False),
        (SYMBOL, "2009", False),  # the first reports, of whatever year, have symbols of 2004
        (SYMBOL, "2010", True),
        ("S/AC.44/2007/10", "2007", False),
        ("S/AC.44/2007/10", "December 2006", False),
        ("S/AC.44/2007/10", "2008", True),
        ("S/AC.44/2007/10/Add.1", "2008", False),
    ],
)
def test_a_symbol_of_a_year_that_was_over_when_the_letter_was_written_is_named(desk, chad, symbol, submitted, is_named):
    answer = log(desk, chad, submitted, symbol=symbol)
    if is_named:
        assert f"The document symbol is of {symbol[8:12]}, and the letter of" in warned(answer)
        answer = log(desk, chad, submitted, symbol=symbol, save_all_the_same="on")
    assert answer.status_code == 302


def test_what_was_saved_all_the_same_is_not_named_again_while_it_stays(desk, chad):
    report = factories.report(chad, "2015", symbol=SYMBOL)
    change(desk, "states_report", report, note="A word.")
    assert Report.objects.get().note == "A word."


# Additional information before the first report


def test_information_before_the_first_report_names_it_and_says_what_to_do(desk, chad):
    first = factories.report(chad, "2005-11-01", symbol=SYMBOL)
    answer = log(desk, chad, "27 October 2004")
    told = errors(answer)["submitted"]
    assert address("states_report", "change", first) in told and SYMBOL in told
    # The way out that it tells.
    assert "make that one additional information, then save this again" in told
    change(desk, "states_report", first, kind=ADDITIONAL)
    assert log(desk, chad, "27 October 2004").status_code == 302
    assert [*Report.objects.values_list("kind", flat=True)] == [FIRST, ADDITIONAL]


def test_a_first_report_after_information_names_that_and_says_what_to_do(desk, chad):
    before = factories.report(chad, "2004-10-27", kind=ADDITIONAL)
    after = factories.report(chad, "2007", kind=ADDITIONAL)
    told = errors(log(desk, chad, "November 2005", kind=FIRST))["submitted"]
    assert address("states_report", "change", before) in told
    assert address("states_report", "change", after) not in told
    change(desk, "states_report", before, kind=FIRST)
    assert log(desk, chad, "November 2005").status_code == 302


# The number of a plan


def test_the_next_number_of_a_plan_is_worked_out(desk, chad):
    assert 'name="number" value=' not in desk.get(reverse("admin:states_actionplan_add")).text
    for year in ("2011", "2014"):
        assert add_plan(desk, chad, submitted=year, number="").status_code == 302
    assert add_plan(desk, chad, submitted="2020", number="5").status_code == 302
    assert add_plan(desk, chad, submitted="2021").status_code == 302
    assert add_plan(desk, factories.state("Congo"), submitted="2021").status_code == 302
    assert [*ActionPlan.objects.values_list("state__name", "number")] == [
        *(("Chad", number) for number in (1, 2, 5, 6)),
        ("Congo", 1),
    ]


def test_a_number_that_is_taken_is_refused_and_none_without_a_state(desk, chad):
    factories.plan(chad)
    assert "already" in " ".join(errors(add_plan(desk, chad, submitted="2014", number="1")).values())
    answer = add(desk, "states_actionplan", submitted="2014")
    assert list(errors(answer)) == ["state"]


def test_a_plan_keeps_its_number_when_it_is_saved_again(desk, chad):
    factories.plan(chad)
    second = factories.plan(chad, "2014", number=2)
    change(desk, "states_actionplan", second, note="A word.")
    assert [plan.number for plan in ActionPlan.objects.order_by("number")] == [1, 2]


# Lookups


def lookup(desk, term):
    field = {"app_label": "states", "model_name": "report", "field_name": "state", "term": term}
    return [one["text"] for one in desk.get(reverse("admin:autocomplete"), field).json()["results"]]


@pytest.mark.parametrize(
    ("term", "offered"),
    [
        ("UK", ["United Kingdom of Great Britain and Northern Ireland", "Ukraine"]),
        ("u.k.", ["United Kingdom of Great Britain and Northern Ireland", "Ukraine"]),
        ("korea", ["Republic of Korea", "Democratic People's Republic of Korea"]),
        ("guinea", ["Guinea", "Guinea-Bissau", "Papua New Guinea", "Equatorial Guinea"]),
        ("niger", ["Niger", "Nigeria"]),
        ("dominica", ["Dominica", "Dominican Republic"]),
        ("congo", ["Congo", "Democratic Republic of the Congo"]),
        ("Kazakstan", ["Kazakhstan"]),
        ("Turquie", ["Türkiye"]),
        ("qqqqzz", []),
    ],
)
def test_a_lookup_offers_the_likeliest_first(record, desk, term, offered):
    assert lookup(desk, term)[: len(offered) or None] == offered


@pytest.mark.parametrize(("code", "name"), [("NE", "Niger"), ("ML", "Mali"), ("PE", "Peru"), ("148", "Chad")])
def test_a_code_stands_before_the_names_that_begin_like_it(record, desk, code, name):
    assert lookup(desk, code)[0] == name


def test_a_list_that_was_put_in_an_order_keeps_it(record, desk):
    url = reverse("admin:states_state_changelist")
    rows = desk.get(url, {"q": "guinea", "o": "2"}).context["cl"].result_list
    codes = [one.iso3 for one in rows]
    assert codes == sorted(codes) and len(codes) == 4
    assert [str(one) for one in desk.get(url, {"q": "guinea"}).context["cl"].result_list][0] == "Guinea"
    assert not desk.get(url, {"q": "Kazakstan"}).context["cl"].result_list
