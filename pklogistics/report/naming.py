"""Names in full, for pages that are read by people who do not know the keys of the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import pandas as pd

from pklogistics.explain.results import named as said
from pklogistics.instance.mission import Mission
from pklogistics.instance.naming import TABLES, all_names, names_of, renamed
from pklogistics.plan import Plan
from pklogistics.plan.naming import SHOWN, told_by, with_names

__all__ = ["named", "names_of", "renamed", "reworded", "sentences_reworded"]

_SENTENCES = ("reason", "words", "change", "needed_by")
"""Columns of words that mention keys (see `plan.mention`)."""


def named(mission: Mission, plan: Plan, *kinds: str) -> Plan:
    """Return the plan with names in place of keys, of sites, activities, funds and what else people read.

    ``kinds`` are those of which names are wanted; where none is given, all of them. Reasons tell all names.
    """
    names = {kind: names_of(mission, kind) for kind in (*TABLES, *SHOWN)}
    return with_names(plan, names, kinds or SHOWN)


def reworded(mission: Mission, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose sentences tell names in place of the keys that they mention.

    So do the names of scarce things, of a table that has them.
    """
    names = cache(partial(names_of, mission))
    for column in _SENTENCES:
        if column in frame:
            told = told_by(lambda kind, key: names(kind).get(key), frame[column])
            frame = frame.assign(**{column: told})
    if {"name", "table"} <= set(frame):
        known = all_names(mission)
        funds = {**known, **names("fund")}
        lines = frame.to_dict("records")
        things = [_thing(funds if line["table"] == "funds" else known, line) for line in lines]
        frame = frame.assign(name=pd.Series(things, index=frame.index, dtype="str"))
    return frame


def sentences_reworded(mission: Mission, sentences: Sequence[str]) -> tuple[str, ...]:
    """Return sentences, such as notes, that tell names in place of the keys that they mention."""
    return tuple(reworded(mission, pd.DataFrame({"words": list(sentences)}, dtype="str"))["words"])


def _thing(names: Mapping[str, str], line: Mapping[Any, Any]) -> str:
    """Return the labels of a scarce thing, "unicef; period 2", with names for those that are keys.

    Of a table that does not have them they are those in its ``name``, "unicef, period 2".
    """
    labels = [label for _, label in said(line)] or str(line["name"]).split(", ")
    return "; ".join(names.get(label, label) for label in labels)
