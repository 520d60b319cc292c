"""The public lists of reports, plans, organizations and sources, and the page of a plan."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from r1540.lists.detail import Detail, fact_data
from r1540.lists.listing import Listing

from .fact_sources import with_sources
from .filters import OrganizationFilters, PlanFilters, ReportFilters, SourceFilters
from .models import ActionPlan, Membership, Organization, Report, Source, State
from .tables import OrganizationTable, PlanTable, ReportTable, SourceTable


class ReportList(Listing):
    table_class, filterset_class = ReportTable, ReportFilters
    title, noun = "Reports", ("report", "reports")
    lead = "First reports of States, and the additional information they sent at any time after."

    def facts(self, at):
        reports = Report.objects.exclude(state__in=State.objects.absent(at)).known(at).with_status(at)
        return with_sources(reports).order_by("-submitted", "state__sort_name")


class PlanList(Listing):
    table_class, filterset_class = PlanTable, PlanFilters
    title, noun = "National implementation action plans", ("plan", "plans")
    lead = "Plans are voluntary. An update of a plan is a plan of its own."

    def facts(self, at):
        plans = ActionPlan.objects.exclude(state__in=State.objects.absent(at)).known(at).with_status(at)
        return with_sources(plans)


def members_of_organizations(at) -> dict:
    members = Membership.objects.current(at).counted().filter(organization=OuterRef("pk"))
    members = members.exclude(state__in=State.objects.absent(at))
    counted = members.order_by().values("organization").annotate(n=Count("state", distinct=True)).values("n")
    return {"members": Coalesce(Subquery(counted), 0)}


class OrganizationList(Listing):
    table_class, filterset_class = OrganizationTable, OrganizationFilters
    title, noun = "Organizations", ("organization", "organizations")
    lead = "Organizations whose members, or whose work, matter for resolution 1540 (2004)."

    def facts(self, at):
        return Organization.objects.annotate(**members_of_organizations(at))


class SourceList(Listing):
    table_class, filterset_class = SourceTable, SourceFilters
    title, noun = "Sources", ("source", "sources")
    lead = "Where the facts of this record are known from."

    def facts(self, at):
        return Source.objects.all()


class PlanPage(Detail):
    template_name = "plan.html"

    def get_object(self):
        reference = self.kwargs["reference"]
        plans = ActionPlan.objects.known(self.at).with_status(self.at).select_related("state", "supersedes__state")
        try:
            return plans.prefetch_related("sources").get(reference=reference)
        except ActionPlan.DoesNotExist:
            raise Http404(f"No plan “{reference}” is recorded as at {self.at:%-d %B %Y}.") from None

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
