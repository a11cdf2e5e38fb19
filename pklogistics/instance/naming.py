"""What things are called: the names that people read in place of the keys of the tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pklogistics.instance.mission import Mission

TABLES = {
    "site": "sites",
    "activity": "activities",
    "organisation": "organisations",
    "fund": "funds",
    "unit": "units",
    "commodity": "commodities",
    "depot": "depots",
}
"""Kinds of things that have a key and may have a name, and the table that tells both."""

SECTOR = "sector"
"""Sectors have no table of their own: they are called by their key, with spaces."""


def names_of(mission: Mission, kind: str) -> Mapping[str, str]:
    """Return the name of every key of a kind: with the key behind it where two share a name."""
    if kind == SECTOR:
        keys = mission.frame("activities")["sector"].drop_duplicates()
        names = keys.str.replace("_", " ").str.strip()
    elif mission.has(TABLES[kind]):
        keys, names = (mission.frame(TABLES[kind])[column] for column in (kind, "name"))
    else:
        return {}
    names = names.where(names != "", keys)
    unique = names.where(~names.duplicated(keep=False), names + " (" + keys + ")")
    return dict(zip(keys, unique, strict=True))


def names_by_kind(mission: Mission) -> Mapping[str, Mapping[str, str]]:
    """Return the names of the keys of every kind that are called otherwise than by their key."""
    found = {
        kind: {key: name for key, name in names_of(mission, kind).items() if name != key}
        for kind in (*TABLES, SECTOR)
    }
    return {kind: names for kind, names in found.items() if names}


def all_names(mission: Mission) -> Mapping[str, str]:
    """Return the name of every key of any kind; a key that means two things by two names has none."""
    found: dict[str, set[str]] = {}
    for kind in TABLES:
        for key, name in names_of(mission, kind).items():
            found.setdefault(key, set()).add(name)
    return {key: names.pop() for key, names in found.items() if len(names) == 1}


def renamed(labels: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Return labels with a name in place of each that has one."""
    return labels.map(lambda label: names.get(label, label)).astype("str")
