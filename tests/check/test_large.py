"""A large plan is checked in seconds, and one wrong number in it is found."""

from __future__ import annotations

import time

import pytest

from pklogistics.check import check

from .large import large_mission, large_plan
from .missions import changed

SITES = 1000


def test_large_plan() -> None:
    m, plan = large_mission(SITES), large_plan(SITES)
    start = time.process_time()
    report = check(m, plan)
    # A thousandth of a second a site is ten times what it takes, so that a busy machine does not fail.
    assert time.process_time() - start < 1 + SITES / 1000
    assert [str(v) for v in report.violations[:3]] == []
    rows = plan.tables["service"]
    row = len(rows) // 3
    assert rows["organisation"][row]
    # Three people more at one site, of a need of hundreds.
    found = check(m, changed(plan, "service", row, people=rows["people"][row] + 3)).violations
    of_need = [v for v in found if v.rule == "N1"]
    assert [v.amount for v in of_need] == [pytest.approx(3)]
    assert of_need[0].keys == {"site": rows["site"][row], "activity": rows["activity"][row]}
    assert {v.rule for v in found} <= {"N1", "F1", "tables", "tiers"}


def test_large_plan_with_an_empty_table() -> None:
    # Without presences nothing can be served: every row of service is told, and it does not take long.
    m, plan = large_mission(200), large_plan(200)
    report = check(
        m, type(plan)(**{**vars(plan), "tables": {**plan.tables, "presence": plan.tables["presence"][:0]}})
    )
    without = [v for v in report.violations if v.rule == "C1"]
    assert len(without) == 200 * 4
