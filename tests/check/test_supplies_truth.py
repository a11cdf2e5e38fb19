"""Any decisions about goods, however bad, written out truthfully: only the decisions are blamed."""

from __future__ import annotations

from random import Random

import pytest

from pklogistics.check import check

from . import rich_goods
from .builder import Author
from .missions import serve
from .rich import TIERS, rich_mission

HARD = {"S1", "S2", "S3", "S4", "S5", "N1", "C3", "F1", "F2", "T2"}
"""Rules that random decisions about goods may break; what follows from them is told as it is."""


def shaken(random: Random, rows: list[dict]) -> list[dict]:
    """Some of the rows, with other quantities."""
    kept = [row for row in rows if random.random() < 0.85]
    return [{**row, "quantity": row["quantity"] * random.choice((1, 1, 1, 0.5, 1.3))} for row in kept]


def decisions(random: Random) -> dict:
    decided = {name: shaken(random, rows) for name, rows in rich_goods.DECISIONS.items()}
    moved = [{**row, "period": random.choice((1, 2))} for row in decided["shipments"]]
    unlike = {}
    for row in moved:
        unlike[
            tuple(row.get(k) for k in ("origin", "destination", "mode", "commodity", "cargo", "period"))
        ] = row
    decided["shipments"] = list(unlike.values())
    if random.random() < 0.3:
        decided["openings"] = {("depot", "port", "", ""): [random.choice((1, 2))]}
    return decided


@pytest.mark.parametrize("seed", range(20))
def test_a_truthful_plan_is_told_only_what_it_decided(seed: int) -> None:
    random = Random(seed)
    m = rich_mission()
    service = [
        serve("agency", "A", random.uniform(0, 60), period=t, modality="in_kind", scope="region")
        for t in (1, 2)
    ]
    service += [serve("elders", "B", random.uniform(0, 50), period=t, scope="site") for t in (1, 2)]
    escorts = {("company", t): random.randint(1, 2) for t in (1, 2) if random.random() < 0.8}
    plan = Author(m, service, goods=decisions(random), escorts=escorts).plan(TIERS)
    report = check(m, plan)
    # The limit of movement (T1) names no place; a wrong table of moves would.
    blamed = {v.rule for v in report.violations if v.rule != "T1" or v.keys}
    assert blamed <= HARD, [str(v) for v in report.violations]
    assert report.tiers == {tier.name: pytest.approx(tier.value) for tier in plan.tiers}
