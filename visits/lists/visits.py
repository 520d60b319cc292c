"""The list of visits, and the page of one."""

from r1540.as_at.recorded import Recorded
from r1540.lists.addresses import address
from r1540.lists.columns import AddressColumn, Column, PeriodColumn, WhenColumn, WordsColumn
from r1540.lists.detail import fact_data
from r1540.lists.filters import AnyOf
from states.lists.facts import FactFilters, FactListing, FactPage, FactTable, LinkColumn, StateColumn, with_sources
from states.models import State
from visits.models import Visit


class VisitFilters(FactFilters):
    kind = AnyOf(choices=Visit.Kind.choices, label="Kind")
    status = AnyOf(field_name="status_at", choices=Visit.Status.choices, label="Status on the day")
    conducted = AnyOf(field_name="conducted_by", choices=Recorded.choices, label="Conducted by the day")

    days = (("starts", "ends"), ("invited", "invited"))


class VisitNumberColumn(Column):
    """The place of a visit in the order of all visits, as at the day (see `Visit.places`); files have it where it is
    one number."""

    def values(self, rows, context):
        places = Visit.places(context.at)
        return [(places.get(key),) for (key,) in super().values(rows, context)]

    def as_html(self, context, place):
        return str(place)

    def as_data(self, place):
        return place.number


class VisitDaysColumn(PeriodColumn):
    """The days of a visit, with a link to its page; of one that has not begun, people read when it was invited."""

    def as_html(self, context, starts, ends, invited, reference):
        return context.link(address("visit", reference), Visit.days_of(starts, ends, invited))


class VisitTable(FactTable):
    number = VisitNumberColumn(verbose_name="Order", accessor="pk", orderable=False, css_class="number")
    state = StateColumn()
    days = VisitDaysColumn(accessor="starts", also=("ends", "invited", "reference"), css_class="days")
    starts = WhenColumn(verbose_name="First day")
    ends = WhenColumn(verbose_name="Last day")
    invited = WhenColumn()
    kind = WordsColumn(choices=Visit.Kind)
    status = WordsColumn(accessor="status_at", choices=Visit.Status)
    link = LinkColumn()
    address = AddressColumn(Visit.address_of, "reference", "state__iso3")

    hidden = (*FactTable.hidden, "starts", "ends", "invited", "link")

    class Meta:
        sequence = ("number", "state", "iso3", "days", "starts", "ends", "invited", "kind", "status", "...")


class VisitList(FactListing):
    table_class, filterset_class = VisitTable, VisitFilters
    title, noun = "Visits", ("visit", "visits")
    lead = (
        "Visits to States at their invitation, in their order, and those in the pipeline. Joint visits led by the"
        " Counter-Terrorism Committee are listed here too; they have no place in the order, and no figure counts them."
    )
    nouns = {
        (): ("visit, at invitation or joint,", "visits, joint ones included,"),
        (Visit.Kind.AT_INVITATION,): ("visit at invitation", "visits at invitation"),
        (Visit.Kind.JOINT,): ("joint visit", "joint visits"),
    }

    def read(self):
        """Read the filters asked for, and say of which kinds of visits the rows are."""
        self.noun = self.nouns.get(tuple(self.parameters.all("kind")), self.nouns[()])
        return super().read()

    def facts(self, at):
        visits = Visit.objects.exclude(state__in=State.objects.absent(at)).known(at).with_status(at).in_order()
        return with_sources(visits)


class VisitPage(FactPage):
    model, template_name = Visit, "visit.html"
    lists = ("sources", "organizations")

    def get_context_data(self, **kwargs):
        return super().get_context_data(order=self.object.in_the_order(self.at), **kwargs)

    def data(self):
        visit, order = self.object, self.object.in_the_order(self.at)
        days = ("kind", "invited", "starts", "ends", "postponed", "cancelled")
        words = ("purpose", "programme", "took_part", "follow_up", "link")
        return fact_data(visit, *days, *words) | {
            "as_of": self.at.isoformat(),
            "status": visit.status_at,
            "number": order["place"].number if order else None,
            "place": [order["place"].first, order["place"].last] if order else None,
            "organizations": [organization.acronym for organization in visit.organizations.all()],
        }
