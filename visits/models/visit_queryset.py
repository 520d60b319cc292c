"""Querysets of visits: which were under way or over by a day, which are in the pipeline, their order and status."""

from datetime import date

from django.db.models import Case, CharField, F, Q, Value
from django.db.models import When as If
from django.db.models.functions import Coalesce

from r1540.as_at.compiled import any_of
from r1540.as_at.recorded import recorded
from r1540.as_at.rules import LONG_AGO, is_today
from states.models import FactQuerySet

# The order of visits: by the first possible day, the stated order, the last possible first day, the invitation.
BY_DAYS = (
    Case(If(starts__isnull=False, then=Coalesce("starts__earliest", LONG_AGO))).asc(nulls_last=True),
    F("stated_order").asc(nulls_last=True),
    F("starts__latest").asc(nulls_last=True),
    F("invited").asc(),
)


class VisitQuerySet(FactQuerySet):
    def at_invitation(self):
        """Return the visits that are counted; a joint visit led by the Counter-Terrorism Committee is not."""
        return self.filter(kind=self.model.Kind.AT_INVITATION)

    def known(self, at: date):
        """Return the visits whose invitation or first day was, or may have been, by a day; as at today, planned ones
        too."""
        return self.filter(Q(invited__possible_by=at) | Q(starts__possible_by=at) | is_today(at))

    def for_timeline(self, at: date):
        return self.known(at).with_status(at)

    def found_by(self, text: str, states: list[int], at: date):
        """Return the visits, known by a day, to the States with these keys, as a search shows them."""
        found = self.known(at).filter(any_of("state", states)).select_related("state")
        return found.only("invited", "state__name_in_text", "starts", "ends", "reference", "state__iso3")

    def begun(self, at: date):
        """Return the visits certainly under way or conducted by a day; one whose last day has come had begun."""
        begun = Q(starts__certain_by=at) | Q(ends__certain_by=at)
        return self.filter(begun).exclude(cancelled__isnull=False, cancelled__certain_by=at)

    def perhaps_begun(self, at: date):
        """Return the visits that were, or may have been, under way or conducted by a day."""
        return self.filter(starts__possible_by=at).exclude(cancelled__isnull=False, cancelled__certain_by=at)

    def conducted(self, at: date):
        """Return the visits certainly over by a day: their last day, or the only day recorded, lies before it."""
        return self.begun(at).filter(Q(ends__latest__lt=at) | Q(ends__isnull=True, starts__latest__lt=at))

    def perhaps_conducted(self, at: date):
        """Return the visits that were, or may have been, over by a day."""
        open_start = Q(starts__earliest__isnull=True) | Q(starts__earliest__lt=at)
        open_end = Q(ends__earliest__isnull=True) | Q(ends__earliest__lt=at)
        return self.perhaps_begun(at).filter(open_start, Q(ends__isnull=True) | open_end)

    def pipeline(self, at: date):
        """Return the visits with a certain invitation by a day, and certainly not begun by it."""
        return (
            self.filter(invited__certain_by=at)
            .exclude(starts__isnull=False, starts__possible_by=at)
            .exclude(cancelled__isnull=False, cancelled__certain_by=at)
        )

    def latest_first(self):
        """Return the visits of one State, the latest in their order first."""
        return self.order_by(*BY_DAYS, "pk").reverse()

    def with_status(self, at: date):
        """Annotate each visit with its status on a day, `status_at`, and whether it was over by it, `conducted_by`."""
        status, visits = self.model.Status, self.model.objects.order_by()
        return self.annotate(
            conducted_by=recorded(
                Q(pk__in=visits.conducted(at).values("pk")), Q(pk__in=visits.perhaps_conducted(at).values("pk"))
            ),
            status_at=Case(
                If(cancelled__certain_by=at, then=Value(status.CANCELLED)),
                If(ends__latest__lt=at, then=Value(status.CONDUCTED)),
                If(Q(starts__latest__lt=at, ends__isnull=True), then=Value(status.CONDUCTED)),
                If(Q(starts__certain_by=at) | Q(ends__certain_by=at), then=Value(status.UNDER_WAY)),
                If(starts__possible_by=at, then=Value(status.NOT_ESTABLISHED)),
                If(invited__isnull=True, postponed__isnull=True, then=Value(status.SCHEDULED)),
                If(postponed__certain_by=at, then=Value(status.POSTPONED)),
                If(Q(invited__certain_by=at, starts__isnull=False), then=Value(status.SCHEDULED)),
                If(invited__certain_by=at, then=Value(status.INVITED)),
                default=Value(status.NOT_ESTABLISHED),
                output_field=CharField(choices=status),
            ),
        )

    def in_order(self):
        """Return the visits in their order: by the days, and where these are not known, as the source states it."""
        return self.order_by(*BY_DAYS, "state__sort_name", "pk")
