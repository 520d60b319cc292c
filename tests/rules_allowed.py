"""Rows that a rule allows although they come close, by the name of its constraint."""

from tests.rule_cases import (
    ALLOWED_DAYS,
    cases,
    event,
    figure,
    first,
    info,
    member,
    name,
    observer,
    plan,
    resolution,
    state,
    visit,
)

SYMBOL = "S/AC.44/2004/(02)/22"
GOOD_SYMBOLS = [
    SYMBOL,
    "S/AC.44/2004/(2)/22",
    "S/AC.44/2007/10",
    "S/AC.44/2007/1",
    f"{SYMBOL}/Add.1",
    f"{SYMBOL}/Add.1/Corr.2",
    "S/AC.44/2004/(02)/1234/Rev.1",
]

ALLOWED = [
    *ALLOWED_DAYS,
    *cases(
        "report_one_first_report",
        the_first_report_of_another_State=(first(state="Zimbabwe"), first()),
        information_twice_on_a_day=(info(), first(), info()),
    ),
    *cases(
        "report_first_report_comes_first",
        information_of_the_same_day=(info(submitted="2004-10-27"), first()),
        information_of_the_day_after=(info(submitted="2004-10-28"), first()),
        information_of_the_same_month=(info(submitted="2004-10"), first()),
        information_by_a_later_day=(info(submitted="by 2011"), first()),
        information_on_the_first_day_of_the_month=(info(submitted="2004-10-01"), first(submitted="2004-10")),
        information_when_the_first_report_is_not_recorded=info(),
        information_when_the_first_report_came_by_a_day=(info(submitted="2004-06-01"), first(submitted="by 2011")),
        information_on_the_first_of_two_possible_days=(info(), first(submitted="[2005-11-01..2005-11-02]")),
        information_of_another_State=(info(state="Zimbabwe", submitted="2004-09-01"), first()),
        a_first_report_of_the_same_day=(first(submitted="2005-11-01"), info()),
        a_first_report_of_the_day_before=(first(submitted="2005-10-31"), info()),
        a_first_report_on_the_last_possible_day=(first(submitted="2005-12-31"), info(submitted="2005")),
        a_first_report_by_a_later_day=(first(submitted="by 2011"), info()),
    ),
    *(
        case
        for symbol in GOOD_SYMBOLS
        for case in cases("report_symbol_well_formed", **{f"the symbol {symbol}": info(symbol=symbol)})
    ),
    *cases(
        "report_symbol_once",
        no_symbol_many_times=(info(), info(), first()),
        a_symbol_and_its_addendum=(info(symbol=f"{SYMBOL}/Add.1"), first(symbol=SYMBOL)),
    ),
    *cases(
        "report_issued_after_submitted",
        issued_the_same_day=first(issued="2004-10-27"),
        issued_the_day_after=first(issued="2004-10-28"),
        issued_in_the_same_month=first(issued="2004-10"),
        issued_when_it_is_not_known_when_it_was_submitted=first(submitted="by 2011", issued="2004-12-01"),
    ),
    *cases(
        "visit_ends_after_start",
        one_day_long=visit(ends="2013-11-12"),
        over_the_day_after=visit(ends="2013-11-13"),
        over_in_the_same_month=visit(ends="2013-11"),
        over_by_the_end_of_the_year=visit(ends="by 2013-12-31"),
        begun_by_a_later_day=visit(starts="by 2013-12-31", ends="2013-11-12"),
    ),
    *cases(
        "visit_starts_after_invitation",
        invited_the_same_day=visit(invited="2013-11-12"),
        invited_the_day_before=visit(invited="2013-11-11"),
        invited_in_the_same_month=visit(invited="2013-11"),
        invited_by_a_later_day=visit(invited="by 2013-12-31"),
    ),
    *cases("visit_has_a_day", only_invited=visit(starts=None, invited="2013"), only_begun=visit(starts="by 2013")),
    *cases(
        "visit_without_overlap",
        the_day_before=(visit(starts="2013-11-11"), visit()),
        the_day_after=(visit(starts="2013-11-13"), visit()),
        of_another_State=(visit(state="Zimbabwe"), visit()),
        a_month_around_a_day=(visit(starts="2013-11"), visit()),
        a_day_within_a_month=(visit(), visit(starts="2013-11")),
        by_a_later_day=(visit(starts="by 2013-12-31"), visit()),
        whose_last_day_is_not_known=(visit(starts="2013-11-01", ends="2013-11"), visit()),
        whose_last_day_is_known_by_a_later_one=(visit(starts="2013-11-01", ends="by 2013-11-30"), visit()),
        cancelled=(visit(cancelled="2013-11-01"), visit()),
        in_the_place_of_a_cancelled_one=(visit(), visit(cancelled="2013-11-01")),
        only_invited_after_an_earlier_visit=(visit(starts=None, invited="2015"), visit()),
    ),
    *cases(
        "event_ends_after_start",
        one_day_long=event(ends="2013-01-15"),
        over_the_day_after=event(ends="2013-01-16"),
        over_in_the_same_month=event(ends="2013-01"),
    ),
    *cases(
        "plan_number_once", the_next_number=(plan(number=2), plan()), of_another_State=(plan(state="Zimbabwe"), plan())
    ),
    *cases("plan_has_a_day", **{step: plan(submitted=None, **{step: "2011"}) for step in ("announced", "adopted")}),
    *cases("plan_has_a_day", in_preparation=plan(submitted=None, in_preparation="by 2011")),
    *cases("plan_supersedes_same_state", of_the_same_State=(plan(number=2, supersedes=0), plan())),
    *cases(
        "plan_period_ends_after_start",
        one_day_long=plan(period_starts="2012-01-01", period_ends="2012-01-01"),
        one_year_long=plan(period_starts="2012", period_ends="2012"),
        without_an_end=plan(period_starts="2012"),
        without_a_start=plan(period_ends="2012"),
    ),
    *cases(
        "membership_left_after_joined",
        left_the_same_day=member(joined="2005-01-02", left="2005-01-02"),
        left_the_day_after=member(joined="2005-01-02", left="2005-01-03"),
        left_in_the_same_year=member(joined="2005-01-02", left="2005"),
        joined_by_a_later_day=member(joined="by 2011", left="2005-01-02"),
    ),
    *cases("membership_number_once", in_another_organization=(member(organization="CIS"), member())),
    *cases(
        "membership_without_overlap",
        joined_again_the_day_it_left=(member(number=2, joined="2009-08-18"), member(left="2009-08-18")),
        joined_again_the_day_after=(member(number=2, joined="2009-08-19"), member(left="2009-08-18")),
        left_before_on_the_day_it_joined=(member(number=2, left="1993-12-03"), member(joined="1993-12-03")),
        joined_again_in_the_year_it_left=(member(number=2, joined="2009"), member(left="2009")),
        joined_again_in_the_month_it_left=(member(number=2, joined="2009-08-02"), member(left="2009-08")),
        left_by_a_day_and_joined_before=(member(number=2, joined="2001"), member(left="by 2009-08-18")),
        of_another_State=(member(state="Zimbabwe"), member()),
        in_another_organization=(member(organization="CIS"), member()),
    ),
    *cases("state_member_admitted", an_observer_never_admitted=observer(), a_member=state()),
    *cases("state_member_in_a_group", an_observer_in_no_group=observer(), a_member_in_a_group=state()),
    *cases(
        "state_name_once",
        in_another_language=(name(language="fr"), name()),
        of_another_kind=(name(kind="former"), name()),
        of_another_State=(name(state="Zimbabwe"), name()),
    ),
    *cases(
        "state_one_short_name",
        in_another_language=(name(kind="short", language="fr"), name(kind="short")),
        many_popular_names=(name(name="Toumaï"), name()),
    ),
    *cases("resolution_since_1540", the_day=resolution(), the_day_after=resolution(adopted_on="2004-04-29")),
    *cases("resolution_mandate_after_adoption", the_day_after=resolution(mandate_until="2004-04-29")),
    *cases("figure_qualifier_known", around=figure(qualifier="around")),
]
