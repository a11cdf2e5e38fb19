"""Names in full, for pages that are read by people who do not know the keys of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.plan.mention import retold

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
_SENTENCES = ("reason", "words", "needed_by")
"""Columns of words that mention keys (see `plan.mention`)."""


def named(mission: Mission, plan: Plan, *kinds: str) -> Plan:
    """Return the plan with names in place of the keys of sites, activities, organisations and units.

    ``kinds`` are those of which names are wanted; where none is given, all of them. Reasons tell all names.
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
    return replace(plan, tables={**tables, "shortfalls": reworded(mission, tables["shortfalls"])})


def reworded(mission: Mission, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose sentences tell names in place of the keys that they mention.

    So do the names of scarce things, of a table that has them.
    """
    names = cache(partial(names_of, mission))
    for column in _SENTENCES:
        if column in frame:
            told = {text: retold(text, lambda kind, key: names(kind).get(key)) for text in set(frame[column])}
            frame = frame.assign(**{column: renamed(frame[column], told)})
    if {"name", "table"} <= set(frame):
        frame = frame.assign(name=frame["name"].map(partial(_things, all_names(mission))).astype("str"))
    return frame


def _things(names: Mapping[str, str], labels: str) -> str:
    """Return the labels of a scarce thing, "unicef, period 2", with names for those that are keys."""
    return "; ".join(names.get(label, label) for label in labels.split(", "))


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
