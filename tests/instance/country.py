"""A country of three sites, for tests of contradictions and doubts; there is nothing to say about it."""

from __future__ import annotations

from typing import Any

from pklogistics.errors import MissionError
from tests.instance.small_mission import fields, mission

Row = dict[str, Any]

SITES: list[Row] = [
    {"site": "a", "region": "north", "latitude": 7, "longitude": -5},
    {"site": "b", "region": "south", "latitude": 5, "longitude": -4},
    {"site": "c", "region": "south", "latitude": 6, "longitude": -6},
]
ACTIVITIES: list[Row] = [
    {"activity": "food", "sector": "food"},
    {"activity": "health", "sector": "health"},
    {"activity": "patrol", "sector": "protection", "provider": "force"},
]
CAPABILITIES: list[Row] = [
    {"organisation": "wfp", "activity": "food", "cost_per_person": 1},
    {"organisation": "wfp", "activity": "health", "region": "south", "cost_per_person": 2},
    {"organisation": "icrc", "activity": "health", "site": "a", "cost_per_presence": 9},
]
BASE: dict[str, Any] = {
    "sites": SITES,
    "activities": ACTIVITIES,
    "needs": [{"site": site, "activity": "food", "people": 5} for site in "abc"],
    "organisations": [{"organisation": "wfp"}, {"organisation": "icrc"}],
    "capabilities": CAPABILITIES,
}


def at(site: str, status: str, organisation: str = "wfp", activity: str = "", **dates: str) -> Row:
    return {"organisation": organisation, "site": site, "status": status, "activity": activity, **dates}


def errors(**tables: Any) -> list[tuple[Any, ...]]:
    """Return what is wrong; rows of records are numbered from 1."""
    try:
        mission(**(BASE | tables))
    except MissionError as error:
        return [fields(problem) for problem in error.problems if problem.severity == "error"]
    return []


def warnings(header: Row | None = None, **tables: Any) -> list[tuple[Any, ...]]:
    """Return what is doubtful."""
    return [fields(problem) for problem in mission(header, **(BASE | tables)).warnings]
