"""The program of goods as a whole: absent without goods, the same in any unit, and settled without dust."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import pklogistics
from pklogistics.instance.mission import Mission
from pklogistics.model import supplies
from pklogistics.model.build import Model, compile_mission
from pklogistics.model.decode import decode
from pklogistics.model.program import Program
from pklogistics.model.settle import settle
from pklogistics.solve import solve_program
from tests.missions.answers import ANSWERS
from tests.missions.draft import INSTANCES
from tests.model.goods import mission, rows, solved, tiers

GOODS = [path.name for path in sorted(INSTANCES.glob("tiny-*")) if (path / "depots.csv").exists()]
OTHERS = [path.name for path in sorted(INSTANCES.glob("tiny-*")) if path.name not in GOODS]


@cache
def model_of(name: str) -> Model:
    return compile_mission(pklogistics.read(INSTANCES / name))


def same(one: Program, other: Program) -> bool:
    arrays = (
        "row_lower",
        "row_upper",
        "col_lower",
        "col_upper",
        "integer",
        "start",
        "row_block",
        "col_block",
    )
    return (
        (one.matrix != other.matrix).nnz == 0
        and all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays)
        and all(np.array_equal(one.terms[name].costs, other.terms[name].costs) for name in one.terms)
        and [g.name for g in one.row_groups] == [g.name for g in other.row_groups]
        and [g.name for g in one.col_groups] == [g.name for g in other.col_groups]
        and list(one.terms) == list(other.terms)
    )


@pytest.mark.parametrize("name", OTHERS)
def test_without_tables_of_goods_the_family_adds_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = pklogistics.read(INSTANCES / name)
    program = compile_mission(one).program
    for add in supplies.__all__:
        monkeypatch.setattr(supplies, add, lambda assembly: None)
    assert same(program, compile_mission(one).program)


@pytest.mark.parametrize("name", GOODS)
def test_a_settled_point_keeps_every_row(name: str) -> None:
    model = model_of(name)
    point = settle(model, solve_program(model.program, pklogistics.Options(gap=0.0, time_limit=60)).values)
    assert model.program.violation(point) <= 1e-6


def in_tonnes(one: Mission, factor: float) -> Mission:
    """The same mission with every commodity counted in units that are ``factor`` times as large."""
    of_unit = {
        "commodities": (("weight_t", "volume_m3", "price"), factor),
        "nutrients": (("content",), factor),
        "supplies": (("price",), factor),
        "recipes": (("per_person", "max_per_person"), 1 / factor),
        "stock": (("quantity",), 1 / factor),
        "stock_targets": (("min_quantity",), 1 / factor),
    }
    tables: dict[str, Any] = {}
    for name, (columns, scale) in of_unit.items():
        if one.has(name):
            frame = one.tables[name].copy()
            for column in columns:
                frame[column] = frame[column].astype(float) * scale
            if name == "supplies":
                for column in ("max_quantity", "pledged"):
                    frame[column] = frame[column].astype(float) / factor
            tables[name] = frame
    return one.replace(tables=tables)


@pytest.mark.parametrize("name", GOODS)
@pytest.mark.parametrize("factor", [1000.0, 1 / 1024])
def test_the_unit_of_goods_changes_nothing_but_numbers(name: str, factor: float) -> None:
    """The tiers are those argued for the mission as it stands, which are tested where they are argued."""
    other = in_tonnes(model_of(name).assembly.mission, factor)
    programs = [model.program for model in (model_of(name), compile_mission(other))]
    assert programs[0].matrix.shape == programs[1].matrix.shape
    assert np.array_equal(programs[0].matrix.indices, programs[1].matrix.indices)
    assert tiers(solved(other)) == pytest.approx(dict(ANSWERS[name].tiers), rel=1e-6, abs=1e-3)


def test_nothing_is_moved_by_dust() -> None:
    model = compile_mission(mission(2, depots=[{"depot": "port", "opening_cost": 5, "cost_per_period": 1}]))
    values = np.full(model.program.columns, 1e-7)
    tables = decode(model, settle(model, values))
    goods = (
        "purchases",
        "intake",
        "shipments",
        "inventory",
        "distributions",
        "expiries",
        "openings",
        "costs",
    )
    assert {name: len(tables[name]) for name in goods} == dict.fromkeys(goods, 0)


def test_a_depot_that_a_solver_left_open_idle_is_closed() -> None:
    depots = [{"depot": "port"}, {"depot": "hub", "opening_cost": 50, "cost_per_period": 10}]
    routes = [
        {"origin": "port", "destination": "town"},
        {"origin": "port", "destination": "hub"},
        {"origin": "hub", "destination": "town", "cost_per_t": 10},
    ]
    model = compile_mission(mission(2, depots=depots, routes=routes))
    best = solve_program(model.program, pklogistics.Options(gap=0.0)).values
    wasteful = best.copy()
    for name in ("running", "depot_opened"):
        group = model.program.group(name)
        assert group is not None
        wasteful[group.index] = 1.0
    assert model.program.tier_value(model.program.tiers[-1], settle(model, wasteful)) == pytest.approx(2000)


def test_what_goes_to_and_fro_is_not_sent_at_all() -> None:
    routes = [
        {"origin": "port", "destination": "hub"},
        {"origin": "hub", "destination": "port"},
        {"origin": "hub", "destination": "town"},
    ]
    stock = [{"depot": "port", "commodity": "rice", "quantity": 100}]
    model = compile_mission(mission(depots=[{"depot": "port"}, {"depot": "hub"}], routes=routes, stock=stock))
    circling = solve_program(model.program, pklogistics.Options(gap=0.0)).values.copy()
    sent = model.program.group("sent")
    assert sent is not None
    circling[sent.index[(sent.keys["destination"] != "town").to_numpy()]] += 70.0
    shipments = decode(model, settle(model, circling))["shipments"]
    assert shipments[["origin", "destination", "quantity"]].to_numpy().tolist() == [
        ["port", "hub", pytest.approx(1000)],
        ["hub", "town", pytest.approx(1000)],
    ]


def test_plans_with_goods_are_saved_and_read_back_equal(tmp_path: Any) -> None:
    plan = solved(pklogistics.read(INSTANCES / "tiny-expiry"))
    for place in (tmp_path / "plan", tmp_path / "plan.xlsx"):
        plan.save(place)
        assert pklogistics.Plan.load(place) == plan
    assert rows(plan, "expiries", "place", "quantity") == [("store", 30.0)]


def test_money_for_goods_is_money() -> None:
    """More money never makes the best plan worse, and none at all leaves everybody hungry."""
    unmet = []
    for amount in (0, 300, 600, 1020, 5000):
        plan = solved(mission(funds=[{"fund": "all", "amount": amount}]))
        unmet.append(tiers(plan)["need"])
    assert unmet == [100, *[pytest.approx(100 - amount / 10.2, abs=1e-3) for amount in (300, 600)], 0, 0]
