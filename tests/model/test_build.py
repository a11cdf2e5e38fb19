"""What the compiled program of a mission looks like."""

from __future__ import annotations

import numpy as np
import pytest

import pklogistics
from pklogistics.model.build import compile_mission
from pklogistics.model.decode import decode
from pklogistics.model.program import SHARED, Program
from pklogistics.model.settle import settle
from pklogistics.solve import solve_program
from tests.missions.draft import INSTANCES

TINY = sorted(path.name for path in INSTANCES.glob("tiny-*"))


def program_of(name: str) -> Program:
    return compile_mission(pklogistics.read(INSTANCES / name)).program


def row(program: Program, name: str, **keys: object) -> dict[str, float]:
    """Return the entries of the one row of that name and keys, by symbol; equal symbols add up."""
    group = next(group for group in program.row_groups if group.name == name)
    chosen = group.keys
    for key, value in keys.items():
        chosen = chosen[chosen[key] == value]
    (line,) = chosen.index
    entries = program.matrix[group.start + line].tocoo()
    result: dict[str, float] = {}
    for column, value in zip(entries.col, entries.data, strict=True):
        symbol = next(g.name for g in program.col_groups if column in g.index)
        result[symbol] = result.get(symbol, 0.0) + value
    return result


@pytest.mark.parametrize("name", TINY)
def test_every_row_and_column_has_a_label_and_a_block(name: str) -> None:
    mission = pklogistics.read(INSTANCES / name)
    program = compile_mission(mission).program
    for groups, count in ((program.col_groups, program.columns), (program.row_groups, program.rows)):
        assert [group.start for group in groups] == list(
            np.cumsum([0, *(len(group.keys) for group in groups)])[:-1]
        )
        assert sum(len(group.keys) for group in groups) == count
        families = {"needs", "coordination", "funding", "force", "equity", "supplies"}
        assert {group.family for group in groups} <= families
    sites = len(mission.frame("sites"))
    assert ((program.col_block >= SHARED) & (program.col_block < sites)).all()
    for group in program.col_groups:
        if group.name in ("served", "unmet", "active", "stationed"):
            place = mission.frame("sites")["site"].to_numpy()[program.col_block[group.index]]
            assert (group.keys["site"].astype(str).to_numpy() == place).all()


@pytest.mark.parametrize("name", TINY)
def test_no_column_is_left_without_a_bound_on_either_side(name: str) -> None:
    """Decomposition needs bounded shared columns; only broken mandates may be open above."""
    program = program_of(name)
    assert np.isfinite(program.col_lower).all()
    for group in program.col_groups:
        if not group.name.startswith("broken_"):
            assert np.isfinite(program.col_upper[group.index]).all(), group.name


def test_presence_has_columns_only_where_something_asks_for_it() -> None:
    # tiny-coverage has no bases, caps, shares or rules: serving people needs no presence there.
    program = program_of("tiny-coverage")
    assert not program.integer.any()
    active = program.group("active")
    assert active is not None
    assert active.keys.empty


def test_a_base_for_one_activity_is_that_presence() -> None:
    program = program_of("tiny-first")
    base, active = program.group("base"), program.group("active")
    assert base is not None and active is not None
    assert (len(base.keys), len(active.keys)) == (0, 4)


def test_c1_is_as_tight_as_capacity_and_need() -> None:
    # The charity carries 1000 of 4000 people at the camp; the agency all 1000 of the town, not its 2500.
    program = program_of("tiny-first")
    assert row(program, "C1", organisation="charity", site="camp") == {"served": 1, "active": -1000}
    assert row(program, "C1", organisation="agency", site="town") == {"served": 1, "active": -1000}


def test_settling_takes_out_what_is_not_needed() -> None:
    """Idle presence stays as it is; idle bases, mobilisation and broken mandates do not."""
    mission = pklogistics.read(INSTANCES / "tiny-mobilisation")
    model = compile_mission(mission)
    best = solve_program(model.program, pklogistics.Options(gap=0.0)).values
    wasteful = best.copy()
    for group in model.program.col_groups:
        if group.name.startswith("broken_"):
            wasteful[group.index] += 3.0
    settled = settle(model, wasteful)
    costs = [model.program.tier_value(tier, settled) for tier in model.program.tiers]
    assert costs == pytest.approx([0, 20, 630])
    assert model.program.violation(settled) <= 1e-9


def test_nobody_is_served_by_dust() -> None:
    model = compile_mission(pklogistics.read(INSTANCES / "tiny-first"))
    values = np.zeros(model.program.columns)
    values[model.assembly.options["served"]] = 1e-8
    tables = decode(model, settle(model, values))
    assert tables["service"].empty
    assert tables["coverage"]["unmet"].sum() == 5000


@pytest.mark.parametrize("name", ["tiny-accounts", "tiny-earmarks", "tiny-mobilisation"])
def test_payments_add_up_to_cost_lines_and_accounts(name: str) -> None:
    tables = pklogistics.solve(pklogistics.read(INSTANCES / name), gap=0.0).tables
    keys = ["kind_of_cost", "organisation", "unit", "activity", "site", "period"]
    costs = tables["costs"].groupby(keys)["amount"].sum()
    paid = tables["payments"].groupby(keys)["amount"].sum()
    assert paid.to_dict() == pytest.approx(costs.to_dict())
    assert tables["accounts"]["cost"].sum() == pytest.approx(costs.sum())
    assert tables["funds"]["paid"].sum() == pytest.approx(costs.sum())


def test_whole_units_move() -> None:
    # Movement limits persons: of whole companies that is a knapsack, of parts of them a sum.
    mission = pklogistics.read(INSTANCES / "minustah-2010")
    program, apart = compile_mission(mission).program, compile_mission(mission, apart=True).program
    moving = {group.name: group.index for group in program.col_groups if group.name.startswith("arriving")}
    assert set(moving) == {"arriving", "arriving_escort"}
    for columns in moving.values():
        assert len(columns)
        assert program.integer[columns].all()
    # Where reasons are looked for only what is decided by itself is whole: arrivals follow from it.
    for group in apart.col_groups:
        if group.name in moving:
            assert not apart.integer[group.index].any()
