"""The list of States as the ORM is usually asked for it: an annotation for each column, all in one queryset.

It stands here in full, so that the peers stay what they are while the site's own list is made faster.
"""

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from r1540.as_at.recorded import Recorded, recorded
from r1540.as_at.when import WhenField
from states.models import ActionPlan, Report, State
from visits.models import Visit


def of_state(facts) -> Exists:
    return Exists(facts.filter(state=OuterRef("pk")))


def latest(facts, field: str, output_field):
    return Subquery(facts.filter(state=OuterRef("pk")).values(field)[:1], output_field=output_field)


def states_as_at(at):
    reports = Report.objects.filter(published=True)
    first, additional = (reports.filter(kind=kind) for kind in (Report.Kind.FIRST, Report.Kind.ADDITIONAL))
    visits = Visit.objects.at_invitation().filter(published=True)
    plans = ActionPlan.objects.filter(published=True)
    sent = additional.submitted(at).filter(state=OuterRef("pk")).order_by().values("state").annotate(n=Count("pk"))
    states = State.objects.as_at(at).annotate(
        first_report=recorded(of_state(first.submitted(at)), of_state(first.known(at))),
        first_report_submitted=latest(first.known(at), "submitted", WhenField()),
        additional_information=recorded(of_state(additional.submitted(at)), of_state(additional.known(at))),
        communications=Coalesce(Subquery(sent.values("n"), output_field=models.IntegerField()), 0),
        visit=recorded(of_state(visits.begun(at)), of_state(visits.perhaps_begun(at))),
        visit_started=latest(visits.perhaps_begun(at).order_by("-starts"), "starts", WhenField()),
        plan=recorded(of_state(plans.submitted(at)), of_state(plans.filter(submitted__possible_by=at))),
        plan_status=latest(
            plans.known(at).with_status(at).order_by("-number"),
            "status_at",
            models.CharField(choices=ActionPlan.Status),
        ),
    )
    is_possible = [Recorded.YES, Recorded.NOT_ESTABLISHED]
    return states.annotate(
        both=recorded(
            Q(first_report=Recorded.YES, additional_information=Recorded.YES),
            Q(first_report__in=is_possible, additional_information__in=is_possible),
        )
    )
