"""The list of national implementation action plans, and the page of one."""

from r1540.as_at.recorded import Recorded
from r1540.lists.addresses import address
from r1540.lists.columns import NONE_RECORDED, AddressColumn, Column, PeriodColumn, WhenColumn, WordsColumn
from r1540.lists.detail import fact_data
from r1540.lists.filters import AnyOf
from states.models import ActionPlan, State

from .facts import FactFilters, FactListing, FactPage, FactTable, LinkColumn, StateColumn, with_sources


class PlanFilters(FactFilters):
    status = AnyOf(field_name="status_at", choices=ActionPlan.Status.choices, label="Status on the day")
    announced = AnyOf(field_name="announced_by", choices=Recorded.choices, label="Announced by the day")
    submitted = AnyOf(field_name="submitted_by", choices=Recorded.choices, label="Submitted by the day")

    days = tuple((step, step) for step in ActionPlan.STEPS)


class PlanNumberColumn(Column):
    """The number of a plan, with a link to its page."""

    def as_html(self, context, number, reference):
        return context.link(address("plan", reference), f"Plan {number}")


class CoveredColumn(PeriodColumn):
    """The years or days that a plan covers."""

    def as_html(self, context, starts, ends):
        return ActionPlan.period_of(starts, ends) or NONE_RECORDED


class PlanTable(FactTable):
    state = StateColumn()
    number = PlanNumberColumn(verbose_name="Plan", also=("reference",), css_class="number")
    status = WordsColumn(accessor="status_at", choices=ActionPlan.Status)
    announced = WhenColumn()
    in_preparation = WhenColumn()
    adopted = WhenColumn(verbose_name="Adopted nationally")
    submitted = WhenColumn()
    period = CoveredColumn(accessor="period_starts", also=("period_ends",), orderable=False)
    supersedes = Column(accessor="supersedes__reference", verbose_name="Updates plan", orderable=False)
    link = LinkColumn()
    address = AddressColumn(ActionPlan.address_of, "reference", "state__iso3")

    hidden = (*FactTable.hidden, "announced", "in_preparation", "supersedes", "link")

    class Meta:
        sequence = (
            *("state", "iso3", "number", "status"),
            *("announced", "in_preparation", "adopted", "submitted", "period", "..."),
        )


class PlanList(FactListing):
    table_class, filterset_class = PlanTable, PlanFilters
    title, noun = "National implementation action plans", ("plan", "plans")
    lead = "Plans are voluntary. An update of a plan is a plan of its own."

    def facts(self, at):
        plans = ActionPlan.objects.exclude(state__in=State.objects.absent(at)).known(at).with_status(at)
        return with_sources(plans)


class PlanPage(FactPage):
    model, template_name = ActionPlan, "plan.html"
    related = ("state", "supersedes__state")

    def get_context_data(self, **kwargs):
        steps = [
            (self.object._meta.get_field(step).verbose_name, getattr(self.object, step)) for step in ActionPlan.STEPS
        ]
        return super().get_context_data(steps=steps, **kwargs)

    def data(self):
        plan = self.object
        return fact_data(plan, "number", *ActionPlan.STEPS, "period_starts", "period_ends", "link") | {
            "as_of": self.at.isoformat(),
            "status": plan.status_at,
            "supersedes": plan.supersedes.reference if plan.supersedes else None,
        }
