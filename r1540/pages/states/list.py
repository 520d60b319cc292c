"""The list of States: what is recorded of each as at a day. Every figure on the site is this list, filtered."""

from functools import partial

import django_filters
from django.core.exceptions import BadRequest
from django.db import models
from django.db.models import Case, Exists, Func, OuterRef, Subquery
from django.db.models import When as If
from django.shortcuts import render

from r1540.as_at.day import today
from r1540.as_at.recorded import Recorded, recorded
from r1540.as_at.when import WhenField
from r1540.lists.addresses import address
from r1540.lists.columns import AddressColumn, Column, DayColumn, ListTable, WhenColumn, WordsColumn
from r1540.lists.filters import AnyOf, Filters
from r1540.lists.listing import FORMATS, Listing
from r1540.pages.states.board import BOARD_PARAMETERS, Board
from states.lists.facts import StateColumn
from states.lists.state_filters import filters_of_states
from states.models import ActionPlan, Report, State
from visits.models import Visit

VIEWS = {"table": "Table", "board": "Board"}
TABLE_PARAMETERS = ("sort", "page", "per_page", "cols")  # a board has none of these


def latest(facts, field: str, output_field):
    """Return a field of the first row in `facts`. Few States have one; PostgreSQL finds out which of all at once."""
    return Case(If(Exists(facts), then=Subquery(facts.values(field)[:1])), output_field=output_field)


def recorded_of_states(at) -> dict:
    """Return the annotations that say what is recorded of a State by a day."""
    its = {"state": OuterRef("pk")}  # the State's facts
    first = Report.objects.filter(**its, kind=Report.Kind.FIRST)
    additional = Report.objects.filter(**its, kind=Report.Kind.ADDITIONAL)
    # What is certain is possible too, so of both it is enough to ask either.
    is_first, may_be_first = Exists(first.submitted(at)), Exists(first.known(at))
    is_additional, may_be_additional = Exists(additional.submitted(at)), Exists(additional.known(at))
    visits = Visit.objects.filter(**its).at_invitation()
    plans = ActionPlan.objects.filter(**its)
    how_many = Func(template="COUNT(*)", output_field=models.IntegerField())  # Count would group: of none, no row
    sent = additional.submitted(at).order_by().values(n=how_many)
    return {
        "first_report": recorded(is_first, may_be_first),
        # A State has one: there is nothing to sort.
        "first_report_submitted": Subquery(first.known(at).order_by().values("submitted"), output_field=WhenField()),
        "additional_information": recorded(is_additional, may_be_additional),
        "communications": Subquery(sent),
        "visit": recorded(Exists(visits.begun(at)), Exists(visits.perhaps_begun(at))),
        "visit_started": latest(visits.perhaps_begun(at).latest_first(), "starts", WhenField()),
        "plan": recorded(Exists(plans.submitted(at)), Exists(plans.filter(submitted__possible_by=at))),
        "plan_status": latest(
            plans.known(at).with_status(at).order_by("-number"),
            "status_at",
            models.CharField(choices=ActionPlan.Status),
        ),
        "both": recorded(is_first & is_additional, may_be_first & may_be_additional),
    }


def states_as_at(at):
    """Return the States of the record on a day, each with what is recorded of it by then."""
    return State.objects.as_at(at).annotate(**recorded_of_states(at))


class StateFilters(Filters):
    name = django_filters.CharFilter(label="Name, in any language", method="named", max_length=100)
    region, subregion, group, organization = filters_of_states("pk")
    status = AnyOf(choices=State.Status.choices, label="Status at the United Nations")
    first_report = AnyOf(choices=Recorded.choices, label="First report")
    additional_information = AnyOf(choices=Recorded.choices, label="Additional information")
    both = AnyOf(choices=Recorded.choices, label="First report and additional information")
    visit = AnyOf(choices=Recorded.choices, label="Visit at invitation")
    plan = AnyOf(choices=Recorded.choices, label="Submitted plan")

    def named(self, queryset, name, value):
        return queryset.named(value)


class StateTable(ListTable):
    name = StateColumn(accessor="name", iso3="iso3", order_by="sort_name", verbose_name="State")
    iso3 = Column(verbose_name="ISO alpha-3")
    formal_name = Column()
    status = WordsColumn(verbose_name="Status at the United Nations", choices=State.Status)
    admitted_on = DayColumn(verbose_name="Admitted")
    group = Column(accessor="regional_group", verbose_name="Regional group", default="none", css_class="phrase")
    region = Column()
    subregion = Column()
    first_report = WordsColumn()
    first_report_submitted = WhenColumn(verbose_name="Submitted", status_is_beside=True)
    additional_information = WordsColumn()
    communications = Column(css_class="number")
    visit = WordsColumn()
    visit_started = WhenColumn(verbose_name="Latest visit", status_is_beside=True)
    plan = WordsColumn(verbose_name="Submitted plan")
    plan_status = WordsColumn(verbose_name="Latest plan", choices=ActionPlan.Status)

    address = AddressColumn(partial(address, "state"), "iso3")

    always_in_files = ("iso3", "address")
    hidden = (
        "iso3",
        "address",
        "formal_name",
        "status",
        "admitted_on",
        "subregion",
        "communications",
        "visit_started",
        "plan_status",
    )


class StateList(Listing):
    """The States in a table, or with `view=board` on a board: the same rows and filters, shown otherwise."""

    table_class, filterset_class = StateTable, StateFilters
    title, noun = "States", ("State", "States")
    lead = "Member States of the United Nations, and the two observer States, which are shown and never counted."
    own_parameters = BOARD_PARAMETERS
    not_in_files = Listing.not_in_files | dict.fromkeys(BOARD_PARAMETERS)

    def facts(self, at):
        return states_as_at(at)

    def get(self, request, *args, **kwargs):
        if not self.is_board():
            return super().get(request, *args, **kwargs)
        return render(request, "board.html", self.get_context_data(filters=self.filters, board=Board(self, today())))

    def is_board(self) -> bool:
        """Return whether the address asks for a board. Raises BadRequest for parameters that do not fit."""
        parameters = self.parameters
        if parameters.choice("view", VIEWS, "table") == "table":
            for name in BOARD_PARAMETERS[1:]:
                if name in parameters:
                    raise BadRequest(f"{name}: only a board has it. Add view=board, or leave {name} out.")
            return False
        for name in TABLE_PARAMETERS:
            if name in parameters:
                raise BadRequest(
                    f"{name}: a board shows every State once, by name. Leave {name} out, or leave view out."
                )
        if parameters.choice("format", FORMATS, "html") != "html":
            raise BadRequest("view: a file holds the rows of the list. Leave view, measure and by out.")
        return True

    def views(self) -> list[tuple[str, str, bool]]:
        """Return each way to show the list as (its name, its address, whether it is this one); filters and day stay."""
        address, is_board = self.parameters.address, self.parameters.one("view") == "board"
        return [
            (VIEWS["table"], address(**dict.fromkeys(BOARD_PARAMETERS)), not is_board),
            (VIEWS["board"], address(**dict.fromkeys(TABLE_PARAMETERS), view="board"), is_board),
        ]

    def get_context_data(self, **kwargs):
        cleared = self.parameters.only(*BOARD_PARAMETERS)
        return super().get_context_data(views=self.views(), cleared=cleared, **kwargs)
