"""Names in full, for pages that are read by people who do not know the keys of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan

_TABLES = {
    "site": "sites",
    "activity": "activities",
    "organisation": "organisations",
    "unit": "units",
    "commodity": "commodities",
    "depot": "depots",
}
_SHOWN = ("site", "activity", "organisation", "unit")
_COLUMNS = {**{kind: kind for kind in _SHOWN}, "post": "site"}
"""Columns of plan tables, and the kind of label that they hold."""


def named(mission: Mission, plan: Plan, *kinds: str) -> Plan:
    """Return the plan with names in place of the keys of sites, activities, organisations and units.

    ``kinds`` are those of which names are wanted; where none is given, all of them.
    """
    names = {kind: names_of(mission, kind) for kind in kinds or _SHOWN}
    tables = {
        name: frame.assign(
            **{
                column: renamed(frame[column], names[kind])
                for column, kind in _COLUMNS.items()
                if column in frame and kind in names
            }
        )
        for name, frame in plan.tables.items()
    }
    return replace(plan, tables=tables)


def names_of(mission: Mission, kind: str) -> Mapping[str, str]:
    """Return the name of every key of a kind: with the key behind it where two share a name."""
    if not mission.has(_TABLES[kind]):
        return {}
    frame = mission.frame(_TABLES[kind])
    keys = frame[kind]
    names = frame["name"].where(frame["name"] != "", keys)
    unique = names.where(~names.duplicated(keep=False), names + " (" + keys + ")")
    return dict(zip(keys, unique, strict=True))


def all_names(mission: Mission) -> Mapping[str, str]:
    """Return the name of every key of any kind; a key that means two things by two names has none."""
    found: dict[str, set[str]] = {}
    for kind in _TABLES:
        for key, name in names_of(mission, kind).items():
            found.setdefault(key, set()).add(name)
    return {key: names.pop() for key, names in found.items() if len(names) == 1}


def renamed(labels: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Return labels with a name in place of each that has one."""
    return labels.map(lambda label: names.get(label, label)).astype("str")
