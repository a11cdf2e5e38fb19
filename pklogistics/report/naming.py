"""Names in full, for pages that are read by people who do not know the keys of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Any

import pandas as pd

from pklogistics.explain.results import named as said
from pklogistics.instance.mission import Mission
from pklogistics.instance.naming import TABLES, all_names, names_of, renamed
from pklogistics.plan import Plan
from pklogistics.plan.naming import SHOWN, told_by, with_names

__all__ = ["named", "names_of", "renamed", "retold", "reworded"]

_SENTENCES = ("reason", "words", "change", "needed_by")
"""Columns of words that mention keys (see `plan.mention`)."""


def named(mission: Mission, plan: Plan, *kinds: str) -> Plan:
    """Return the plan with names in place of keys, of sites, activities, funds and what else people read.

    ``kinds`` are those of which names are wanted; where none is given, all of them. Reasons tell all names.
    """
    names = {kind: names_of(mission, kind) for kind in (*TABLES, *SHOWN)}
    return with_names(plan, names, kinds or SHOWN)


def retold(mission: Mission, sentences: Iterable[str]) -> tuple[str, ...]:
    """Return sentences with names in place of the keys that they mention."""
    return tuple(_retold(mission, pd.Series(list(sentences), dtype="str")))


def _retold(mission: Mission, sentences: pd.Series) -> pd.Series:
    names = cache(partial(names_of, mission))
    return told_by(lambda kind, key: names(kind).get(key), sentences)


def reworded(mission: Mission, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose sentences tell names in place of the keys that they mention.

    So do the names of scarce things, of a table that has them.
    """
    for column in _SENTENCES:
        if column in frame:
            frame = frame.assign(**{column: _retold(mission, frame[column])})
    if {"name", "table"} <= set(frame):
        known = all_names(mission)
        funds = {**known, **names_of(mission, "fund")}
        lines = frame.to_dict("records")
        things = [_thing(funds if line["table"] == "funds" else known, line) for line in lines]
        frame = frame.assign(name=pd.Series(things, index=frame.index, dtype="str"))
    return frame


def _thing(names: Mapping[str, str], line: Mapping[Any, Any]) -> str:
    """Return the labels of a scarce thing, "unicef; period 2", with names for those that are keys.

    Of a table that does not have them they are those in its ``name``, "unicef, period 2".
    """
    labels = [label for _, label in said(line)] or str(line["name"]).split(", ")
    return "; ".join(names.get(label, label) for label in labels)
