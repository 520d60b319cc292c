"""The public lists of visits and events, and the page of a visit."""

from django.http import Http404

from r1540.lists.detail import Detail, fact_data
from r1540.lists.listing import Listing
from states.fact_sources import with_sources
from states.models import State

from .filters import EventFilters, VisitFilters
from .models import Event, Visit
from .tables import EventTable, VisitTable


class VisitList(Listing):
    table_class, filterset_class = VisitTable, VisitFilters
    title, noun = "Visits", ("visit", "visits")
    lead = (
        "Visits to States at their invitation, in their order, and those in the pipeline. A joint visit is not counted."
    )

    def facts(self, at):
        visits = Visit.objects.exclude(state__in=State.objects.absent(at)).known(at).with_status(at).in_order()
        return with_sources(visits)


class EventList(Listing):
    table_class, filterset_class = EventTable, EventFilters
    title, noun = "Events", ("event", "events")
    lead = "Workshops, round tables and trainings in which the Committee takes part. They are not visits."

    def facts(self, at):
        return with_sources(Event.objects.known(at)).order_by("-starts", "sort_title")


class VisitPage(Detail):
    template_name = "visit.html"

    def get_object(self):
        reference = self.kwargs["reference"]
        visits = Visit.objects.known(self.at).with_status(self.at).select_related("state")
        try:
            return visits.prefetch_related("sources", "organizations").get(reference=reference)
        except Visit.DoesNotExist:
            raise Http404(f"No visit “{reference}” is recorded as at {self.at:%-d %B %Y}.") from None

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
