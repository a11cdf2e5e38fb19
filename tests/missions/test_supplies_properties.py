"""What must hold for any mission with supplies."""

from __future__ import annotations

import pandas as pd
import pytest

import pklogistics
from tests.missions.draft import Draft
from tests.missions.random_goods import draft_of_goods
from tests.missions.test_properties import ACCURACY, no_worse, same, values

LIMITS = {
    "sites": ("market_capacity",),
    "capabilities": ("max_people",),
    "commodities": ("shelf_life",),
    "depots": ("capacity_t", "throughput_t"),
    "supplies": ("max_quantity",),
    "routes": ("capacity_t", "opening_cost", "escort", "from"),
    "fleets": ("payload_m3",),
}
"""Columns of which a blank is the looser rule.

Not so lead times, on which goods wait outside of any store, and the costs of a depot, without which it is
always in use and may decline no stock that expires.
"""


@pytest.mark.parametrize("seed", range(3))
def test_backends_agree(seed: int) -> None:
    draft = draft_of_goods(seed)
    reached = values(draft)
    assert values(draft, "scip") == same(reached)
    assert values(draft, "cp_sat") == same(reached, ACCURACY["cp_sat"])


@pytest.mark.parametrize("seed", range(10, 15))
def test_without_a_limit_no_plan_gets_worse(seed: int) -> None:
    draft = draft_of_goods(seed)
    choices = looser(draft)
    name = sorted(choices)[seed % len(choices)]
    assert no_worse(values(choices[name]), values(draft)), name


def looser(draft: Draft) -> dict[str, Draft]:
    """Return the mission without one of its limits, for each that it has."""
    choices = {}
    for table, columns in LIMITS.items():
        frame = draft.tables.get(table, pd.DataFrame())
        for column in columns:
            if column in frame and (frame[column] != "").any():
                choices[f"{table} {column}"] = draft.blanked(table, column)
    for table in ("fleets", "stock_targets", "funds"):
        if table in draft.tables:
            choices[table] = draft.without(table)
    return choices


@pytest.mark.parametrize("seed", range(20, 25))
def test_what_comes_in_is_given_out_kept_or_expires(seed: int) -> None:
    # From the tables of the plan alone: at each place and for each commodity and class, all that came until
    # the end of a period, less all that left, is what is on hand then.
    plan = pklogistics.solve(draft_of_goods(seed).mission(), gap=0.0, time_limit=60)
    tables = plan.tables
    moves = [
        (tables["purchases"], "depot", "arrives", 1),
        (tables["intake"], "depot", "period", 1),
        (tables["shipments"], "destination", "arrives", 1),
        (tables["shipments"], "origin", "period", -1),
        (tables["distributions"], "site", "period", -1),
        (tables["expiries"], "place", "period", -1),
    ]
    keys = ["place", "commodity", "cargo"]
    lines = pd.concat(
        frame.assign(place=frame[place], period=frame[period], quantity=sign * frame["quantity"])
        for frame, place, period, sign in moves
    )
    assert len(lines)
    periods = range(1, draft_of_goods(seed).header["periods"] + 1)
    came = lines.pivot_table("quantity", keys, "period", "sum", fill_value=0.0)
    came = came.reindex(columns=periods, fill_value=0.0).cumsum(axis=1)
    held = tables["inventory"].pivot_table("quantity", keys, "period", "sum", fill_value=0.0)
    held = held.reindex(index=came.index, columns=periods, fill_value=0.0)
    assert (came - held).abs().to_numpy().max() < 1e-6
