"""Rows that a rule refuses, by the name of its constraint; those of all facts are in rule_cases."""

from tests.record.rule_cases import (
    RECOLLECTED,
    REFUSED_DAYS,
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
    source,
    state,
    visit,
)

SYMBOL = "S/AC.44/2004/(02)/22"
BAD_SYMBOLS = """
    22 S/AC.44/04/(02)/22 S/AC.44/2004/(02)/ S/AC.44/2004/(02)/022 S/AC.45/2004/(02)/22
    S/AC.44/2004/(123)/22 S/AC.44/2004/(02)/22/Add S/AC.44/2004/(02)/22/Add.0
    xS/AC.44/2004/(02)/22 S/AC.44/2004/(02)/22x S/2004/958 S/AC.44/1999/3
""".split()  # noqa: SIM905
BAD_SYMBOLS += ["S/AC.44/٢٠٠٤/(02)/22"]

REFUSED = [
    *REFUSED_DAYS,
    *RECOLLECTED,
    *cases(
        "source_dated_since_1945",
        a_year_that_a_spreadsheet_took_for_a_date=source(dated="1905-07-04"),
        the_day_before=source(dated="1944-12-31"),
        by_a_day_before=source(dated="by 1905"),
    ),
    *cases("figure_qualifier_known", a_word_of_its_own=figure(qualifier="nearly")),
    *cases(
        "report_one_first_report",
        a_second_first_report=(first(submitted="2005-01-01"), first()),
        a_second_one_on_the_same_day=(first(), first()),
        a_second_one_whose_day_is_hardly_known=(first(submitted="by 2011"), first(submitted="by 2011")),
    ),
    *cases(
        "report_first_report_comes_first",
        information_of_the_day_before=(info(submitted="2004-10-26"), first()),
        information_of_the_month_before=(info(submitted="2004-09"), first()),
        information_by_the_day_before=(info(submitted="by 26 October 2004"), first()),
        information_before_the_month_of_the_first_report=(info(submitted="2004-09-30"), first(submitted="2004-10")),
        information_before_a_year=(info(submitted="2009-12-31"), first(submitted="2010")),
        a_first_report_of_the_day_after=(first(submitted="2005-11-02"), info()),
        a_first_report_in_the_month_after=(first(submitted="2005-12"), info()),
        a_first_report_after_the_last_possible_day=(first(submitted="2006-01-01"), info(submitted="2005")),
        a_first_report_after_one_of_two=(first(submitted="2006-01-01"), info(submitted="2007"), info()),
    ),
    *(
        case
        for symbol in BAD_SYMBOLS
        for case in cases("report_symbol_well_formed", **{f"the symbol {symbol!r}": info(symbol=symbol)})
    ),
    *cases(
        "report_symbol_once",
        the_symbol_of_another_State=(info(symbol=SYMBOL, state="Zimbabwe"), info(symbol=SYMBOL)),
        the_symbol_of_the_same_State=(info(symbol=SYMBOL), first(symbol=SYMBOL)),
    ),
    *cases(
        "report_issued_after_submitted",
        issued_the_day_before=first(issued="2004-10-26"),
        issued_the_month_before=first(issued="2004-09"),
        issued_by_the_day_before=first(issued="by 26 October 2004"),
        issued_before_the_month=first(submitted="2005-02", issued="2005-01-31"),
    ),
    *cases("report_received_after_submitted", received_the_day_before=first(received="2004-10-26")),
    *cases("report_symbol_assigned_after_submitted", assigned_the_day_before=first(symbol_assigned="2004-10-26")),
    *cases("report_issued_after_received", issued_the_day_before=first(received="2004-11-02", issued="2004-11-01")),
    *cases(
        "report_issued_after_symbol_assigned",
        issued_the_month_before=first(symbol_assigned="2004-12", issued="2004-11"),
    ),
    *cases(
        "visit_ends_after_start",
        over_the_day_before=visit(ends="2013-11-11"),
        over_the_month_before=visit(ends="2013-10"),
        over_by_the_day_before=visit(ends="by 11 November 2013"),
        over_before_the_month_it_began=visit(starts="2013-11", ends="2013-10-31"),
    ),
    *cases(
        "visit_starts_after_invitation",
        invited_the_day_after=visit(invited="2013-11-13"),
        invited_the_month_after=visit(invited="2013-12"),
        invited_after_the_month_it_began=visit(starts="2013-11", invited="2013-12-01"),
        invited_after_the_day_by_which_it_began=visit(starts="by 12 November 2013", invited="2013-11-13"),
    ),
    *cases("visit_has_a_day", no_day_at_all=visit(starts=None)),
    *cases(
        "visit_ends_with_a_start",
        a_last_day_only=visit(starts=None, invited="2013", ends="2013-11-12"),
        by_a_last_day_only=visit(starts=None, invited="2013", ends="by 2013-11-12"),
    ),
    *cases(
        "visit_without_overlap",
        the_same_day=(visit(), visit()),
        from_the_last_day_of_another=(visit(), visit(starts="2013-11-08", ends="2013-11-12")),
        until_the_first_day_of_another=(visit(starts="2013-11-08", ends="2013-11-12"), visit()),
        within_another=(visit(), visit(starts="2013-11-08", ends="2013-11-20")),
        around_another=(visit(starts="2013-11-08", ends="2013-11-20"), visit()),
        jointly_during_a_visit_at_invitation=(visit(kind="joint"), visit()),
    ),
    *cases(
        "event_ends_after_start",
        over_the_day_before=event(ends="2013-01-14"),
        over_by_the_day_before=event(ends="by 14 January 2013"),
        over_before_the_month_it_began=event(starts="2013-01", ends="2012-12-31"),
    ),
    *cases("plan_number_once", the_number_of_another=(plan(), plan(submitted="2016"))),
    *cases(
        "plan_has_a_day", no_day_at_all=plan(submitted=None), only_a_period=plan(submitted=None, period_ends="2016")
    ),
    *cases("plan_supersedes_same_state", of_another_State=(plan(state="Zimbabwe", supersedes=0), plan())),
    *cases(
        "plan_period_ends_after_start",
        until_the_day_before=plan(period_starts="2012-01-01", period_ends="2011-12-31"),
        until_the_year_before=plan(period_starts="2012", period_ends="2011"),
        until_a_day_before_the_year=plan(period_starts="2012", period_ends="by 2011-12-31"),
    ),
    *cases(
        "membership_left_after_joined",
        left_the_day_before=member(joined="2005-01-02", left="2005-01-01"),
        left_the_year_before=member(joined="2005", left="2004"),
        left_by_the_day_before=member(joined="2005-01-02", left="by 2005-01-01"),
        left_before_the_month=member(joined="2005-02", left="2005-01-31"),
    ),
    *cases("membership_number_once", the_number_of_another=(member(joined="2010"), member(left="2005"))),
    *cases(
        "membership_without_overlap",
        a_second_without_any_day=(member(number=2), member()),
        joined_again_the_day_before_it_left=(member(number=2, joined="2009-08-17"), member(left="2009-08-18")),
        joined_while_it_is_a_member=(member(number=2, joined="2009-08-17"), member(joined="1993-12-03")),
        always_a_member_but_left_later=(member(number=2, left="1994"), member(joined="1993-12-03")),
        joined_surely_before_the_year_it_left=(member(number=2, joined="2009"), member(left="2010-01-02")),
        joined_surely_before_the_month_it_left=(member(number=2, joined="2009-08-17"), member(left="2009-09")),
        another_status_at_the_same_time=(member(number=2, status="suspended"), member()),
    ),
    *cases("state_member_admitted", a_member_never_admitted=state(admitted_on=None)),
    *cases(
        "state_member_in_a_group",
        a_member_in_no_group=state(regional_group=""),
        an_observer_in_a_group=observer(regional_group="African Group"),
    ),
    *cases("state_name_once", the_same_name_again=(name(), name())),
    *cases("state_one_short_name", a_second_short_name=(name(kind="short"), name(kind="short", name="Chad"))),
    *cases(
        "resolution_since_1540",
        the_day_before=resolution(adopted_on="2004-04-27"),
        the_year_before=resolution(adopted_on="2003-12-31"),
    ),
    *cases(
        "resolution_mandate_after_adoption",
        until_the_day_before=resolution(mandate_until="2004-04-27"),
        until_the_day_itself=resolution(mandate_until="2004-04-28"),
    ),
]
