"""The page of a State."""

from django.http import Http404

from r1540.as_at.compiled import compiled
from r1540.as_at.when import When
from r1540.lists.detail import Detail
from r1540.lists.parameters import nearest_to
from r1540.pages.memberships import as_data, by_grounds
from r1540.pages.states.list import states_as_at
from r1540.pages.states.notes import Notes
from r1540.pages.states.sentences import sentences
from r1540.pages.states.timeline import timeline
from states.models import Membership, State
from states.state_lookup import SIMILAR, similar_states


@compiled
def state_of(at, iso3):
    return states_as_at(at).filter(iso3=iso3).prefetch_related("names")


@compiled
def memberships_of(at, iso3):
    memberships = Membership.objects.current(at).filter(state__iso3=iso3)
    return memberships.select_related("organization").prefetch_related("sources")


class StatePage(Detail):
    """The page of a State: what is recorded of it as at a day, its timeline, its memberships, its names."""

    template_name = "state.html"

    def get_object(self):
        iso3 = self.kwargs["iso3"]
        found = state_of(self.at, iso3)
        if not found:
            raise self.why_not()
        self.entries = timeline(self.at, iso3)
        self.memberships = memberships_of(self.at, iso3)
        return found[0]

    def why_not(self) -> Http404:
        """Return why there is no such State on the day: it was admitted later, or the code is unknown."""
        iso3 = self.kwargs["iso3"]
        later = State.objects.filter(iso3=iso3).first()
        if later:
            admitted, day = When.day(later.admitted_on), {"as_of": later.admitted_on.isoformat()}
            error = Http404(f"{later.name} was admitted to the United Nations on {admitted}, after this day.")
            return nearest_to(error, (f"{later.name} as at {admitted}", day))
        error = Http404(f"No State has the code “{iso3}”. Codes are ISO 3166-1 alpha-3, such as TCD.")
        similar = State.objects.as_at(self.at).named(iso3)[:SIMILAR] or similar_states(iso3, self.at)
        return nearest_to(error, *((one.name, one.get_absolute_url()) for one in similar))

    def address_of(self, text):
        found = State.objects.called(text)[:2]
        return found[0].get_absolute_url() if len(found) == 1 else ""

    def get_context_data(self, **kwargs):
        notes = Notes()
        entries = sorted(self.entries, key=lambda one: one.when.is_bound)  # in the order in which they are shown
        cited = [(one, notes.cite(one.fact, one.fact.reference, f"{one.line}, {one.day}")) for one in entries]
        return super().get_context_data(
            sentences=list(sentences(self.entries, self.at)),
            dated=[pair for pair in cited if not pair[0].when.is_bound],
            undated=[pair for pair in cited if pair[0].when.is_bound],
            notes=notes,
            memberships=self.memberships,
            grounds=by_grounds(self.memberships),
            names=self.object.names.all(),
            **kwargs,
        )

    def data(self):
        state = self.object
        fields = "iso3 iso2 m49 status name formal_name regional_group region subregion".split()  # noqa: SIM905
        status = "first_report additional_information communications visit plan plan_status".split()  # noqa: SIM905
        return (
            {"as_of": self.at.isoformat()}
            | {name: getattr(state, name) for name in fields}
            | {"admitted_on": state.admitted_on.isoformat() if state.admitted_on else None}
            | {name: getattr(state, name) for name in status}
            | {
                "names": [{"language": n.language, "kind": n.kind, "name": n.name} for n in state.names.all()],
                "memberships": [{"organization": one.organization.acronym} | as_data(one) for one in self.memberships],
                "timeline": [
                    {
                        "reference": entry.fact.reference,
                        "kind": entry.kind,
                        "when": entry.when.edtf,
                        "established": entry.is_established,
                        "text": entry.line,
                        "certainty": entry.fact.certainty,
                        "sources": [source.reference for source in entry.fact.sources.all()],
                    }
                    for entry in self.entries
                ],
            }
        )
