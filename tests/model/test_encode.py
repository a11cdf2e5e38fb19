"""Encoding is the way back of decoding: a plan's tables become the point that they came from."""

from __future__ import annotations

import pytest

from pklogistics.model.build import compile_mission
from pklogistics.model.decode import decode
from pklogistics.model.encode import encode
from tests.explain.solved import solved

# Bases and money; whole units, posts and surgeons; routes, stores, vehicles, escorts and shelf lives.
MISSIONS = ["tiny-accounts", "tiny-agreements", "tiny-medevac", "tiny-camps", "tiny-capacity", "tiny-escort"]


@pytest.mark.parametrize("name", MISSIONS)
def test_a_plan_becomes_its_point_and_the_point_its_plan(name):
    mission, plan = solved(name)
    model = compile_mission(mission)
    point = encode(model, plan)
    assert model.program.violation(point) <= 1e-6
    for tier, found in zip(model.program.tiers, plan.tiers, strict=True):
        assert model.program.tier_value(tier, point) == pytest.approx(found.value, abs=1e-6)
    again = decode(model, point)
    for table in ("service", "stationing", "shipments", "inventory", "escorts", "bases", "moves"):
        if table in again:
            assert len(again[table]) == len(plan.tables[table]), table


def test_what_a_changed_mission_does_not_have_is_left_out():
    mission, plan = solved("tiny-accounts")
    needs = mission.tables["needs"].assign(people=10)
    smaller = mission.replace(tables={"needs": needs})
    model = compile_mission(smaller)
    point = encode(model, plan)
    # 120 were served of 200; now there are 10, and nobody is served twice.
    assert point[model.assembly.service["served"]].sum() == pytest.approx(10)
    assert model.program.violation(point) <= 1e-6
