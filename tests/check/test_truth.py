"""Any decisions, however bad, written out truthfully: the checker blames them and not the book-keeping.

The plan is written by the loops of `builder`, recomputed by the columns of the checker. Costs, coverage,
moves, accounts, breaks of mandates and tiers must come out the same both ways.
"""

from __future__ import annotations

from random import Random

import pytest

from pklogistics.check import check

from .builder import Author
from .missions import guard, serve
from .rich import TIERS, rich_mission

OPTIONS = [
    {"organisation": "agency", "activity": "food", "modality": "cash", "scope": "anywhere"},
    {"organisation": "agency", "activity": "food", "modality": "in_kind", "scope": "region"},
    {"organisation": "elders", "activity": "food", "modality": "service", "scope": "site"},
    {"organisation": "agency", "activity": "health", "modality": "service", "scope": "anywhere"},
]
HARD = {"N1", "C1", "C3", "F1", "F2", "T2", "T6", "S2"}
"""Rules of this mission that random decisions may break; all others are elastic or about the book-keeping."""


def decisions(random: Random) -> dict:
    """Service, presence and stationing at random: half of what could be, too much of it at times."""
    service, presence, stationing = [], [], {}
    for period in (1, 2):
        for site in ("A", "B"):
            for option in OPTIONS:
                if random.random() < 0.5:
                    service.append(serve(site=site, people=random.uniform(0, 90), period=period, **option))
                elif random.random() < 0.2:
                    presence.append(serve(site=site, people=0, period=period, **option))
            posts = [post for post in ("A", "B") if random.random() < 0.5]
            service += [guard(post, site, random.uniform(0, 60), period=period) for post in posts]
            stationing["company", site, period] = random.randint(0, 3)
    return {
        "service": service,
        "presence": presence,
        "stationing": {key: count for key, count in stationing.items() if count},
        "mobilised": {"elders": 1} if random.random() < 0.3 else {},
    }


@pytest.mark.parametrize("seed", range(25))
def test_a_truthful_plan_is_told_only_what_it_decided(seed: int) -> None:
    m = rich_mission()
    plan = Author(m, **decisions(Random(seed))).plan(TIERS)
    report = check(m, plan)
    # The limit of movement (T1) names no place; a wrong table of moves would.
    blamed = {v.rule for v in report.violations if v.rule != "T1" or v.keys}
    assert blamed <= HARD, [str(v) for v in report.violations]
    assert report.tiers == {tier.name: pytest.approx(tier.value) for tier in plan.tiers}
