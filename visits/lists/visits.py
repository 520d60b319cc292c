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
    """The number of a visit in the order of all visits, as at the day (see `Visit.numbers`)."""

    def values(self, rows, context):
        numbers = Visit.numbers(context.at)
        return [(numbers.get(key),) for (key,) in super().values(rows, context)]


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
        "Visits to States at their invitation, in their order, and those in the pipeline. A joint visit is not counted."
    )

    def facts(self, at):
        visits = Visit.objects.exclude(state__in=State.objects.absent(at)).known(at).with_status(at).in_order()
        return with_sources(visits)


class VisitPage(FactPage):
    model, template_name = Visit, "visit.html"
    lists = ("sources", "organizations")

    def get_context_data(self, **kwargs):
        return super().get_context_data(number=Visit.numbers(self.at).get(self.object.pk), **kwargs)

    def data(self):
        visit = self.object
        days = ("kind", "invited", "starts", "ends", "postponed", "cancelled")
        words = ("purpose", "programme", "took_part", "follow_up", "link")
        return fact_data(visit, *days, *words) | {
            "as_of": self.at.isoformat(),
            "status": visit.status_at,
            "number": Visit.numbers(self.at).get(visit.pk),
            "organizations": [organization.acronym for organization in visit.organizations.all()],
        }
