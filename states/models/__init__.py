"""States, what they reported and planned, the organizations they belong to, and the sources of it all."""

from .fact import Certainty, Fact, Source
from .figure import Measure, PublishedFigure
from .organization import Membership, Organization
from .plan import ActionPlan
from .report import Report
from .resolution import Resolution
from .state import Language, Region, RegionalGroup, State, StateName, Subregion

__all__ = [
    "ActionPlan",
    "Certainty",
    "Fact",
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
]
