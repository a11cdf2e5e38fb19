"""One thing changed in a good plan is caught, whatever it is.

Every table of the plan has rows, and a cell of every column is changed: numbers beyond the tolerance,
labels to others and to unknown ones; rows are taken away and repeated. Changes within the tolerance pass.
"""

from __future__ import annotations

from math import inf, nan
from random import Random

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pklogistics.check import check
from pklogistics.instance import Mission
from pklogistics.plan import TABLES, Plan

from .missions import caught, changed, fine, repeated, with_table, without
from .rich import rich_mission, rich_plan

COUNTS = {("stationing", "count"), ("moves", "arriving"), ("moves", "leaving"), ("escorts", "count")}
# Periods: whole as well, and blank in most rows.
EXPIRES = {(t.name, c.name) for t in TABLES.values() for c in t.columns if c.name == "expires"}
# Words of the plan that follow from nothing, and keys of broken mandates that may be left blank.
FREE = {("shortfalls", "reason")}
OF_KIND = {
    kind: [(t.name, c.name) for t in TABLES.values() for c in t.columns if c.kind == kind]
    for kind in ("float", "int", "text", "bool")
}


@pytest.fixture(scope="module")
def mission() -> Mission:
    return rich_mission()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return rich_plan()


def rows_of(plan: Plan, table: str, column: str, count: int = 2) -> list[int]:
    """A few rows of a table that fill the column, the same ones each time."""
    values = plan.tables[table][column]
    filled = [i for i in range(len(values)) if values[i] != "" and not pd.isna(values[i])]
    return Random(f"{table} {column}").sample(filled, min(count, len(filled)))


def test_the_plan_is_good_and_has_rows_in_every_table(mission: Mission, plan: Plan) -> None:
    report = fine(mission, plan)
    assert [name for name in TABLES if plan.tables[name].empty] == []
    assert set(plan.tables["broken"]["rule"]) == {"N3", "C6", "C9", "T3", "Q1", "S1"}
    assert report.tiers == {tier.name: pytest.approx(tier.value) for tier in plan.tiers}
    assert min(report.tiers.values()) > 0


@pytest.mark.parametrize(("table", "column"), OF_KIND["float"])
def test_a_number_beyond_the_tolerance(mission: Mission, plan: Plan, table: str, column: str) -> None:
    # The largest number of the plan is 1000, so that no tolerance exceeds 1e-4 + 1e-6 * 1000 * a few.
    random = Random(f"{table} {column}")
    for row, delta in zip(rows_of(plan, table, column), (0.01, -random.uniform(0.1, 9)), strict=False):
        value = plan.tables[table][column][row]
        assert caught(mission, changed(plan, table, row, **{column: value + delta})), (row, delta)


@pytest.mark.parametrize(("table", "column"), [c for c in OF_KIND["float"] if c not in COUNTS | EXPIRES])
def test_a_number_within_the_tolerance(mission: Mission, plan: Plan, table: str, column: str) -> None:
    for row in rows_of(plan, table, column, 1):
        value = plan.tables[table][column][row]
        fine(mission, changed(plan, table, row, **{column: value + 1e-5}))


@pytest.mark.parametrize(("table", "column"), OF_KIND["float"])
def test_a_number_that_cannot_be(mission: Mission, plan: Plan, table: str, column: str) -> None:
    value = Random(f"{table} {column} wild").choice([nan, -inf, 1e300])
    for row in rows_of(plan, table, column, 1):
        found = check(mission, changed(plan, table, row, **{column: value})).violations
        assert found
        assert all(0 <= violation.amount < inf for violation in found)


@pytest.mark.parametrize(("table", "column"), OF_KIND["int"])
def test_another_period(mission: Mission, plan: Plan, table: str, column: str) -> None:
    for row in rows_of(plan, table, column, 1):
        for period in {0, 1, 2, 3} - {int(plan.tables[table][column][row])}:
            assert caught(mission, changed(plan, table, row, **{column: period})), (row, period)


@pytest.mark.parametrize(("table", "column"), OF_KIND["bool"])
def test_another_answer(mission: Mission, plan: Plan, table: str, column: str) -> None:
    for row in rows_of(plan, table, column, 9):
        value = not plan.tables[table][column][row]
        assert caught(mission, changed(plan, table, row, **{column: value})), row


@pytest.mark.parametrize(("table", "column"), [c for c in OF_KIND["text"] if c not in FREE])
def test_another_name(mission: Mission, plan: Plan, table: str, column: str) -> None:
    values = plan.tables[table][column]
    for row in rows_of(plan, table, column, 1):
        others = {name for name in values if name} - {values[row]}
        # Sector and region of a break may be left out where they follow from its activity or site.
        blank = [] if (table, column) in {("broken", "sector"), ("broken", "region")} else [""]
        unknown = Random(f"{table} {column} name").choice(["nobody", *blank])
        for name in [unknown, *sorted(others)[:1]]:
            assert caught(mission, changed(plan, table, row, **{column: name})), (row, name)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_missing(mission: Mission, plan: Plan, table: str) -> None:
    for row in rows_of(plan, table, TABLES[table].column_names[0], 2):
        assert caught(mission, without(plan, table, row)), row


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_stands_twice(mission: Mission, plan: Plan, table: str) -> None:
    for row in rows_of(plan, table, TABLES[table].column_names[0], 1):
        assert caught(mission, repeated(plan, table, row)), row


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_rows(mission: Mission, plan: Plan, table: str) -> None:
    assert caught(mission, with_table(plan, table, TABLES[table].empty()))


@pytest.mark.parametrize("table", TABLES)
def test_the_order_of_rows_means_nothing(mission: Mission, plan: Plan, table: str) -> None:
    fine(mission, with_table(plan, table, plan.tables[table].iloc[::-1]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_number_changed_at_random(mission: Mission, plan: Plan, data: st.DataObject) -> None:
    table, column = data.draw(st.sampled_from(OF_KIND["float"]))
    row = data.draw(st.integers(0, len(plan.tables[table]) - 1))
    value = plan.tables[table][column][row]
    other = data.draw(st.floats(allow_nan=True, allow_infinity=True, width=64))
    if pd.isna(other) != pd.isna(value) or abs(other - value) > 0.01:
        assert caught(mission, changed(plan, table, row, **{column: other}))
