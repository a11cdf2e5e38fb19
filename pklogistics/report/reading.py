"""What was read of a mission, for the terminal: enough to see whether it is the one that was meant."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from pklogistics.instance.mission import Mission
from pklogistics.report import words
from pklogistics.report.dates import calendar
from pklogistics.report.tables import SummaryTable, figure, label, sentence

_KINDS = {
    "sites": "Where",
    "activities": "What",
    "needs": "Who needs it",
    "coverage": "Who gives already",
    "organisations": "Who can help",
    "funds": "Who pays",
    "units": "Who protects",
    "depots": "Where goods are",
    "routes": "How goods move",
}
"""The tables that say most about a mission, and what they answer."""


def what_was_read(mission: Mission) -> RenderableType:
    """Return a table of the mission's tables: how many rows, and what they add up to."""
    table = SummaryTable(calendar(mission), label("Table"), figure("Rows"), sentence("What it holds"))
    for name in _KINDS:
        if mission.has(name):
            table.row(name, f"{len(mission.tables[name]):,}", f"{_KINDS[name]}: {_HELD[name](mission)}")
    others = [f"{name} {len(frame):,}" for name, frame in mission.tables.items() if name not in _KINDS]
    if others:
        table.row("others", "", Text(", ".join(others)))  # All of them, however many there are.
    return table


def _sites(mission: Mission) -> str:
    sites = mission.frame("sites")
    located = int((sites["latitude"].notna() & sites["longitude"].notna()).sum())
    regions = sites.loc[sites["region"] != "", "region"].nunique()
    return f"{located:,} with coordinates, {words.counted(regions, 'region')}"


def _activities(mission: Mission) -> str:
    activities = mission.frame("activities")
    force = int((activities["provider"] == "force").sum())
    return words.counted(activities["sector"].nunique(), "sector") + (
        f", {force:,} by the force" if force else ""
    )


def _people(mission: Mission, name: str) -> str:
    people = mission.by_period(name)["people"].sum() / mission.T
    return words.short_count(people, "need") + (" in a period, on average" if mission.T > 1 else "")


def _organisations(mission: Mission) -> str:
    count = len(mission.frame("capabilities"))
    kinds = mission.frame("organisations")["kind"]
    named = ", ".join(sorted(kinds[kinds != ""].unique()))
    return words.counted(count, "capability", "capabilities") + (f"; {named}" if named else "")


def _funds(mission: Mission) -> str:
    funds, earmarks = mission.frame("funds"), mission.frame("earmarks")
    free = int((~funds["fund"].isin(earmarks["fund"])).sum())
    amount = words.short_number(funds["amount"].sum())
    return f"{amount} {mission.header.currency}, {free:,} of {len(funds):,} without earmark"


def _units(mission: Mission) -> str:
    units = mission.frame("units")
    count = units["available"].sum()
    persons = (units["available"] * units["persons"]).sum()
    return f"{words.counted(count, 'unit')}, {words.counted(persons, 'person')}"


def _depots(mission: Mission) -> str:
    return words.counted(len(mission.frame("commodities")), "commodity", "commodities")


def _routes(mission: Mission) -> str:
    routes = mission.frame("routes")
    modes = words.counted(routes["mode"].nunique(), "mode")
    return f"{modes}, {int(routes['escort'].sum()):,} under escort only"


_HELD = {
    "sites": _sites,
    "activities": _activities,
    "needs": lambda mission: _people(mission, "needs"),
    "coverage": lambda mission: _people(mission, "coverage"),
    "organisations": _organisations,
    "funds": _funds,
    "units": _units,
    "depots": _depots,
    "routes": _routes,
}
