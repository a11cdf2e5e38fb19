"""Names in place of keys, for people. Tables keep the keys, and a plan's ``names`` lie beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import pandas as pd

from pklogistics.instance.naming import renamed
from pklogistics.plan.mention import retold
from pklogistics.plan.plan import Plan

SHOWN = ("site", "activity", "organisation", "fund", "unit", "sector")
"""Kinds whose keys stand in tables that people read."""
_COLUMNS = {**{kind: kind for kind in SHOWN}, "post": "site"}
"""Columns of plan tables, and the kind of label that they hold."""

Names = Mapping[str, Mapping[str, str]]
"""The name of each key that has one, by kind and key."""


def with_names(plan: Plan, names: Names, kinds: Collection[str] = SHOWN) -> Plan:
    """Return the plan with names in place of the keys of ``kinds``; its reasons tell names of every kind."""
    tables = {
        name: frame.assign(
            **{
                column: renamed(frame[column], names[kind])
                for column, kind in _COLUMNS.items()
                if column in frame and kind in kinds and kind in names
            }
        )
        for name, frame in plan.tables.items()
    }
    short = tables["shortfalls"]
    told = told_by(lambda kind, key: names.get(kind, {}).get(key, key), short["reason"])
    return replace(plan, tables={**tables, "shortfalls": short.assign(reason=told)})


def told_by(name: Callable[[str, str], str | None], sentences: pd.Series) -> pd.Series:
    """Return sentences with what ``name`` says of kind and key in place of each mention; None leaves it.

    A fund without a name is told as one: "fund cerf".
    """

    def called(kind: str, key: str) -> str | None:
        found = name(kind, key)
        return f"fund {key}" if kind == "fund" and found == key else found

    return renamed(sentences, {text: retold(text, called) for text in set(sentences)})
