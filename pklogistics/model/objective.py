"""Family objective: the tiers of the mission's header, as weights on terms.

Terms (every one is minimised)
    mandate   broken floors, agreements, handover, posts and impartiality, in people
    need      severity-weighted unmet people
    cost      all cost lines, in the mission's currency
    risk      threat times persons stationed
    waste     goods that expire, in tonnes
"""

from __future__ import annotations

from pklogistics.instance.mission import Mission
from pklogistics.model.program import Tier


def tiers(mission: Mission) -> list[Tier]:
    """Return the tiers in the order in which they are minimised."""
    return [
        Tier(tier.name, {str(term): weight for term, weight in tier.terms.items()}, tier.tolerance)
        for tier in mission.header.objective.levels
    ]
