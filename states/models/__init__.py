"""States, what they reported and planned, the organizations they belong to, and the sources of it all."""

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
