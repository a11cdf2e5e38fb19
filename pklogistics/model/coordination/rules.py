"""The rules table, coded: which organisations a rule names, and at which sites it holds (C7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.program import Bools, Ints
from pklogistics.model.sets import BLANK, Sets


def coded(sets: Sets) -> pd.DataFrame:
    """Return the rules with ``activity`` and ``region`` coded, and whether they hold ``anywhere``."""
    table = sets.mission.frame("rules").copy()
    table["activity"] = sets.names.codes("activity", table["activity"])
    table["region"] = sets.names.codes("region", table["region"])
    table["anywhere"] = (table["region"] == BLANK) & (table["sites"].map(len) == 0)
    return table


def members(sets: Sets, table: pd.DataFrame) -> pd.DataFrame:
    """Return a line per rule and organisation that it names: row, organisation, first (bool)."""
    lines = table["organisations"].explode().dropna()
    rows = lines.index.to_numpy(np.int64)
    return pd.DataFrame(
        {
            "row": rows,
            "organisation": sets.names.codes("organisation", lines),
            "first": np.concatenate([[True], rows[1:] != rows[:-1]]) if len(rows) else np.zeros(0, bool),
        }
    )


def places(sets: Sets, table: pd.DataFrame) -> pd.DataFrame:
    """Return a line per rule and site where it holds (row, site), for rules that do not hold anywhere."""
    listed = table["sites"].explode().dropna()
    by_site = pd.DataFrame({"row": listed.index, "site": sets.names.codes("site", listed)})
    regional = table.loc[table["region"] != BLANK, ["region"]].reset_index(names="row")
    sites = sets.sites[["region"]].reset_index(names="site")
    by_region = regional.merge(sites, on="region")[["row", "site"]]
    return (
        pd.concat([by_site, by_region], ignore_index=True).astype("int64").drop_duplicates(ignore_index=True)
    )


def organisations_with_base(sets: Sets) -> Ints:
    """Return the organisations whose bases some rule refers to."""
    if not sets.mission.has("rules"):
        return np.zeros(0, dtype=np.int64)
    table = coded(sets)
    everyone = (table["rule"] == "incompatible_sites") & (table["organisations"].map(len) == 0)
    if bool((everyone & (table["activity"] == BLANK)).any()):
        return np.arange(sets.names.count("organisation"), dtype=np.int64)
    named = members(sets, table)
    blank = table["activity"].to_numpy()[named["row"]] == BLANK
    partner = table["rule"].to_numpy()[named["row"]] == "partner"
    return np.unique(named.loc[blank | partner, "organisation"].to_numpy(np.int64))


def names_activity_of(sets: Sets, candidates: pd.DataFrame) -> Bools:
    """Say for each candidate whether some rule names its activity."""
    if not sets.mission.has("rules"):
        return np.zeros(len(candidates), dtype=bool)
    return np.isin(candidates["activity"], coded(sets)["activity"])
