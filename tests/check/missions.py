"""Small missions, edits of plans, and how the tests ask the checker."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pklogistics.check import Report, Violation, check
from pklogistics.instance import Mission
from pklogistics.instance.schema import TABLES
from pklogistics.plan import Plan

# Two towns, one activity, an agency and a local organisation that can both do it for nothing.
SMALL = {
    "sites": [{"site": "A", "region": "North"}, {"site": "B", "region": "South"}],
    "activities": [{"activity": "food", "sector": "Food"}],
    "needs": [
        {"site": "A", "activity": "food", "people": 100},
        {"site": "B", "activity": "food", "people": 50},
    ],
    "organisations": [
        {"organisation": "agency", "kind": "UN agency"},
        {"organisation": "elders", "kind": "local committee"},
    ],
    "capabilities": [
        {"organisation": "agency", "activity": "food"},
        {"organisation": "elders", "activity": "food"},
    ],
}


def mission(header=None, **tables) -> Mission:
    """The small mission with some of its tables, or of its header, put in place of the usual ones."""
    rows = {**SMALL, **tables}
    empty = {name: pd.DataFrame(columns=list(TABLES[name].by_name)) for name in rows if not rows[name]}
    return Mission.from_tables({"format": 1, "name": "small", **(header or {})}, {**rows, **empty})


def serve(organisation, site, people, activity="food", **more) -> dict:
    return {"organisation": organisation, "site": site, "people": people, "activity": activity, **more}


def guard(post, site, people, activity="patrol", **more) -> dict:
    return {"post": post, "site": site, "people": people, "activity": activity, **more}


def with_table(plan: Plan, name: str, frame: pd.DataFrame) -> Plan:
    return replace(plan, tables={**plan.tables, name: frame})


def changed(plan: Plan, name: str, row: int, **cells) -> Plan:
    """The plan with other values in one row of one table."""
    frame = plan.tables[name].copy()
    for column, value in cells.items():
        values = frame[column].tolist()
        values[row] = value
        frame[column] = pd.Series(values, dtype=frame[column].dtype)
    return with_table(plan, name, frame)


def without(plan: Plan, name: str, row: int) -> Plan:
    return with_table(plan, name, plan.tables[name].drop(index=row))


def repeated(plan: Plan, name: str, row: int) -> Plan:
    frame = plan.tables[name]
    return with_table(plan, name, pd.concat([frame, frame.iloc[[row]]]))


def with_row(plan: Plan, name: str, **cells) -> Plan:
    """The plan with one more row; cells that are not given are blank."""
    frame = plan.tables[name]
    blank = {c: "" if frame[c].dtype == "str" else 0 for c in frame.columns}
    return with_table(plan, name, pd.concat([frame, pd.DataFrame([{**blank, **cells}])]))


def fine(asked: Mission, plan: Plan) -> Report:
    """Check a plan that must be good."""
    report = check(asked, plan)
    assert [str(v) for v in report.violations] == []
    assert report.ok
    return report


def alone(asked: Mission, plan: Plan, rule: str) -> Violation:
    """Check a plan that must break this rule once, and no other."""
    report = check(asked, plan)
    assert [v.rule for v in report.violations] == [rule], [str(v) for v in report.violations]
    assert not report.ok
    return report.violations[0]


def caught(asked: Mission, plan: Plan) -> set[str]:
    """The names of the rules that a plan breaks."""
    return {v.rule for v in check(asked, plan).violations}
