"""Need that was given up within a tolerance, against need that the search did not find how to meet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pklogistics.explain import explain
from tests.explain.solved import solved

# Of 200 people 150 are served, and ten more could be, for 100 USD: need may be a quarter above its best.


@pytest.mark.parametrize(
    ("held_at", "told"),
    [
        (50.0, "10 of them could be served, but cost more than they count for"),  # The best was 40.
        (62.5, "10 of them could be served: the search ended before they were"),  # It was 50, as in the plan.
        (None, "10 of them could be served, but cost more than they count for"),  # Not said: it may be 40.
    ],
)
def test_need_below_the_best_that_was_found_was_not_given_up(held_at: float | None, told: str) -> None:
    mission, plan = solved("tiny-tolerance")
    tiers = [replace(tier, held_at=held_at) if tier.name == "need" else tier for tier in plan.tiers]
    (line,) = explain(mission, replace(plan, tiers=tuple(tiers))).shortfalls.to_dict("records")
    assert line["reason"].startswith(told)
    assert line["proven"]
