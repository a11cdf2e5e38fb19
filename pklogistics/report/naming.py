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
    "commodity": "commodities",
    "depot": "depots",
}
_SHOWN = ("site", "activity", "organisation")
_COLUMNS = {**{kind: kind for kind in _SHOWN}, "post": "site"}
"""Columns of plan tables, and the kind of label that they hold."""


def named(mission: Mission, plan: Plan) -> Plan:
    """Return the plan with the names of sites, activities and organisations in place of their keys."""
    names = {kind: names_of(mission, kind) for kind in _SHOWN}
    tables = {
        name: frame.assign(
            **{c: renamed(frame[c], names[kind]) for c, kind in _COLUMNS.items() if c in frame}
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


def renamed(labels: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Return labels with a name in place of each that has one."""
    return labels.map(lambda label: names.get(label, label)).astype("str")
