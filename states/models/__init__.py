"""States, what they reported and planned, the organizations they belong to, and the sources of it all.

state.py         States, their names, and the finding of a State by its name
organization.py  international organizations, and the memberships of States in them
kind.py          the registry of the kinds of facts, and the entry of a fact in a timeline
fact.py          what all facts have in common: reference, certainty, sources; and the sources themselves
report.py        first reports and additional information
plan.py          voluntary national implementation action plans
figure.py        figures published by the Committee or a reliable source
resolution.py    the resolutions of the Security Council that set the Committee's mandate
"""

from .fact import Certainty, Fact, FactQuerySet, Source
from .figure import Measure, PublishedFigure
from .kind import FactKind, TimelineEntry, fact_models, fact_models_of_states
from .organization import Membership, Organization
from .plan import ActionPlan
from .report import Report
from .resolution import Resolution
from .state import Language, Region, RegionalGroup, State, StateName, Subregion

__all__ = [
    "ActionPlan",
    "Certainty",
    "Fact",
    "FactKind",
    "FactQuerySet",
    "Language",
    "Measure",
    "Membership",
    "Organization",
    "PublishedFigure",
    "Region",
    "RegionalGroup",
    "Report",
    "Resolution",
    "Source",
    "State",
    "StateName",
    "Subregion",
    "TimelineEntry",
    "fact_models",
    "fact_models_of_states",
]
