"""Keeping tables consistent when some of them, or rows of them, are left out."""

from __future__ import annotations

import pandas as pd

from pklogistics.instance.row import Reference
from pklogistics.instance.schema import TABLES

Tables = dict[str, pd.DataFrame]


def consistent(tables: Tables) -> Tables:
    """Return the tables without the rows that name what is left out, and without what then has no use.

    Lists of names lose the names that are left out; a rule with fewer than two organisations goes. A fund
    that loses all its earmarks goes, because without earmarks it would pay for anything.
    """
    while True:
        kept = _without_use(
            {name: _known_rows(name, frame, tables) for name, frame in tables.items()}, tables
        )
        if all(len(kept[name]) == len(tables[name]) for name in tables):
            return kept
        tables = kept


def _known_rows(name: str, frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    frame = frame.copy()
    for column in TABLES[name].columns:
        if column.reference is None:
            continue
        known = _names(column.reference, tables)
        if column.kind == "names":
            frame[column.name] = _shortened(frame[column.name], known)
        else:
            frame = frame[frame[column.name].isin([*known, ""])]
    if name == "rules":
        frame = frame[(frame["organisations"] == "") | frame["organisations"].str.contains(";")]
    return frame.reset_index(drop=True)


def _names(reference: Reference, tables: Tables) -> list[str]:
    """Return the names that a column may hold, of all tables that it may refer to."""
    there = [target for target in reference.targets if target.table in tables]
    return [name for target in there for name in tables[target.table][target.column]]


def _shortened(cells: pd.Series, known: list[str]) -> pd.Series:
    names = cells.str.split("; ").explode()
    left = names[names.isin(known)].groupby(level=0).agg("; ".join)
    return left.reindex(cells.index, fill_value="").astype("str")


def _without_use(kept: Tables, before: Tables) -> Tables:
    """Leave out organisations that can do nothing, goods that nobody takes, and money for costs
    that nobody has; a road without anyone to escort on it needs no escort."""
    kept = dict(kept)
    able = kept["capabilities"]["organisation"]
    kept["organisations"] = _among(kept["organisations"], "organisation", able)
    if "commodities" in kept and "recipes" in kept:
        kept["commodities"] = _among(kept["commodities"], "commodity", kept["recipes"]["commodity"])
    if "routes" in kept and not ("units" in kept and (kept["units"]["escort_t"] > 0).any()):
        escorted = kept["routes"]["escort"].fillna(value=False).astype(bool)
        kept["routes"] = kept["routes"].assign(
            escort=kept["routes"]["escort"].mask(escorted, False),
            note=kept["routes"]["note"].mask(escorted, ""),
        )
    if "earmarks" in kept and "units" not in kept:
        troops = kept["earmarks"]["kind_of_cost"].isin(["deployment", "sustainment"])
        kept["earmarks"] = kept["earmarks"][~troops].reset_index(drop=True)
    if "funds" in kept and "earmarks" in kept:
        lost = set(before["earmarks"]["fund"]) - set(kept["earmarks"]["fund"])
        kept["funds"] = kept["funds"][~kept["funds"]["fund"].isin(list(lost))].reset_index(drop=True)
    return kept


def _among(frame: pd.DataFrame, column: str, names: pd.Series) -> pd.DataFrame:
    return frame[frame[column].isin(names)].reset_index(drop=True)
