"""Tables of goods that are none: the checker answers, and never falls over."""

from __future__ import annotations

from random import Random

import pandas as pd
import pytest

from pklogistics.check import check
from pklogistics.instance import Mission
from pklogistics.plan import TABLES, Plan
from pklogistics.plan.supplies import TABLES as OF_GOODS

from .builder import plan_of
from .missions import caught, changed, fine, mission, with_row, with_table
from .pantry import PANTRY, carried, pantry
from .rich import rich_mission, rich_plan

GOODS = [table.name for table in OF_GOODS]


@pytest.fixture(scope="module")
def asked() -> Mission:
    return rich_mission()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return rich_plan()


def test_no_table_of_goods_at_all(asked: Mission, plan: Plan) -> None:
    bare = {name: frame for name, frame in plan.tables.items() if name not in GOODS}
    found = caught(asked, Plan(**{**vars(plan), "tables": bare}))
    assert {"S1", "S2", "T1", "F1", "tables"} <= found
    assert not found & {"labels", "numbers"}


def test_tables_of_the_mission_without_rows() -> None:
    for absent in ("stock", "routes", "recipes", "depots"):
        tables = {**PANTRY, absent: []}
        if absent == "depots":
            tables = {**tables, "stock": [], "routes": []}
        m = mission(**tables)
        fine(m, plan_of(m))


def test_a_mission_without_goods_knows_none(plan: Plan) -> None:
    # Escort duty is all that can be read of them, and there is nothing to escort.
    m = mission(units=[{"unit": "company", "persons": 100, "available": 9}])
    goods = {name: plan.tables[name] for name in GOODS}
    report = check(m, Plan(**{**vars(plan_of(m)), "tables": {**plan_of(m).tables, **goods}}))
    assert {v.rule for v in report.violations} >= {"labels", "S5"}
    m = mission()
    assert caught(m, with_row(plan_of(m), "openings", kind="depot", origin="A", period=1)) == {"S4"}


@pytest.mark.parametrize("table", GOODS)
def test_anything_in_any_cell(asked: Mission, plan: Plan, table: str) -> None:
    random = Random(table)
    values = {
        "text": ["", "nobody", "A", "port", "rice", "local", "any"],
        "int": [-(2**62), -1, 0, 1, 2, 3, 2**62],
        "float": [float("nan"), float("inf"), -1e300, -1.0, 0.0, 0.5, 1.0, 1e300],
    }
    frame = plan.tables[table]
    made = {
        column.name: [random.choice(values[column.kind]) for _ in range(60)]
        for column in TABLES[table].columns
    }
    wild = with_table(plan, table, pd.concat([frame, pd.DataFrame(made), frame]))
    report = check(asked, wild)
    assert "labels" in {v.rule for v in report.violations}
    assert all(v.amount >= 0 for v in report.violations)


@pytest.mark.parametrize("expires", [-1e300, -3.0, 0.0, 0.5, 1e300])
def test_expiry_that_cannot_be(expires: float) -> None:
    m = pantry()
    plan = carried(m)
    assert check(m, changed(plan, "shipments", 0, expires=expires)).violations


def test_arrival_at_the_end_of_time() -> None:
    m = pantry()
    for arrives in (-(2**62), 2**62):
        found = check(m, changed(carried(m), "shipments", 0, arrives=arrives)).violations
        assert [v.rule for v in found] == ["S1"]
        unknown = changed(
            changed(carried(m), "shipments", 0, arrives=arrives), "shipments", 0, destination="B"
        )
        assert caught(m, unknown) >= {"S1"}


def test_names_with_braces() -> None:
    name = "{0} {lot} 'x' \"y\" %s"
    m = pantry(
        commodities=[{"commodity": name, "unit": "{kg}", "weight_t": 0.1}],
        recipes=[{"activity": "food", "commodity": name, "per_person": 0.5}],
        stock=[{"depot": "port", "commodity": name, "quantity": 9}],
    )
    report = check(
        m,
        carried(
            m,
            shipments=[],
            distributions=[{"site": "A", "activity": "food", "quantity": 20, "commodity": name}],
        ),
    )
    found = next(v for v in report.violations if v.rule == "S1")
    assert name in found.message
    assert found.unit == "{kg}"
