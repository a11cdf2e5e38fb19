"""Which organisation could be present where, and the columns of presence, bases and mobilisation (C4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.coordination import rules, status
from pklogistics.model.coordination.options import possible_options
from pklogistics.model.program import Bools
from pklogistics.model.sets import BLANK, Sets, grouped
from pklogistics.model.supplies.reach import with_goods

FAMILY = "coordination"


def add_presence(assembly: Assembly) -> None:
    """Add presence, bases and mobilisation; fill ``options``, ``presence``, ``bases``, ``mobilisation``."""
    sets = assembly.sets
    options = with_goods(assembly, possible_options(sets))
    candidates = _candidates(sets, options)
    candidates, assembly.agreements, assembly.leads = status.resolve(sets, candidates)
    needs_base, needs_column = _columns_needed(assembly, candidates)

    presence = candidates[needs_column].reset_index(names="candidate")
    presence["active"] = assembly.builder.columns(
        FAMILY,
        "active",
        assembly.labelled(presence),
        upper=np.where(presence["capacity"] >= presence["share"] * presence["net"] * (1 - 1e-9), 1.0, 0.0),
        integer=True,
        block=presence["site"],
    )
    assembly.presence = presence
    line = pd.Series(presence.index, index=presence["candidate"])
    assembly.agreements["presence"] = line.reindex(assembly.agreements["candidate"]).to_numpy()
    for side in ("candidate", "lead"):
        assembly.leads[side] = line.reindex(assembly.leads[side]).to_numpy()

    kept = options.merge(
        candidates[["n", "organisation"]].reset_index(names="candidate"), on=["n", "organisation"]
    )
    kept["presence"] = line.reindex(kept["candidate"]).fillna(BLANK).to_numpy(np.int64)
    assembly.options = kept.sort_values(["n", "h"], ignore_index=True)
    _add_bases(assembly, presence[needs_base[needs_column.to_numpy()].to_numpy()])
    _add_mobilisation(assembly)


def _candidates(sets: Sets, options: pd.DataFrame) -> pd.DataFrame:
    """One line per (n, organisation): the keys of n, capacity (people), whether it costs by presence."""
    per_presence = sets.capabilities["cost_per_presence"].to_numpy(float)[options["h"]]
    numbers, keys = grouped(options, ["n", "organisation"])
    candidates = keys.copy()
    capacity = np.bincount(numbers, weights=options["limit"], minlength=len(keys))
    candidates["costs"] = np.bincount(numbers, weights=per_presence, minlength=len(keys)) > 0
    need = sets.needs.iloc[candidates["n"]].reset_index(drop=True)
    for column in ("site", "region", "activity", "period", "net", "share", "cap", "continuous"):
        candidates[column] = need[column]
    candidates["capacity"] = np.minimum(capacity, candidates["net"])
    return candidates


def _columns_needed(assembly: Assembly, candidates: pd.DataFrame) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Say for each candidate whether a rule or cost refers to its base, and to its presence."""
    sets = assembly.sets
    base = _organisation_needs_base(sets)[candidates["organisation"]]
    if sets.mission.has("units"):
        wary = sets.organisations["needs_security"].to_numpy(bool)[candidates["organisation"]]
        base |= wary & (sets.sites["required"].to_numpy()[candidates["site"]] > 0)
        shy = ~sets.organisations["accepts_armed_presence"].to_numpy(bool)[candidates["organisation"]]
        base |= shy & bool(sets.mission.frame("units")["armed"].any())
    others = candidates.groupby("n")["organisation"].transform("size")
    column = (
        base
        | candidates["costs"]
        | (candidates["share"] > 0)
        | (candidates["cap"] < others)
        | (candidates["continuous"] & (sets.mission.T > 1))
        | rules.names_activity_of(sets, candidates)
        | candidates.index.isin(assembly.agreements["candidate"])
        | candidates["n"].isin(candidates["n"].reindex(assembly.leads["lead"]))
    )
    return pd.Series(base, index=candidates.index), column.astype(bool)


def _organisation_needs_base(sets: Sets) -> Bools:
    frame = sets.organisations
    needed = (
        (frame["base_cost"] > 0)
        | (frame["base_cost_per_period"] > 0)
        | (frame["mobilisation_cost"] > 0)
        | frame["max_sites"].notna()
    ).to_numpy(bool, copy=True)
    if frame["needs_local_partner"].any():
        needed |= (frame["needs_local_partner"] | frame["local"]).to_numpy(bool)
    needed[rules.organisations_with_base(sets)] = True
    return needed


def _add_bases(assembly: Assembly, presence: pd.DataFrame) -> None:
    """Add base and set_up columns (C4); a base with one possible activity is that presence itself."""
    builder, sets = assembly.builder, assembly.sets
    numbers, bases = grouped(presence, ["organisation", "site", "period"])
    single = np.bincount(numbers, minlength=len(bases)) == 1
    bases["base"] = BLANK
    bases.loc[numbers, "base"] = presence["active"].to_numpy()
    several = bases[~single].copy()
    several["base"] = builder.columns(
        FAMILY, "base", assembly.labelled(several), upper=1, integer=True, block=several["site"]
    )
    bases.loc[~single, "base"] = several["base"]
    linked = ~single[numbers]
    rows = builder.rows(FAMILY, "C4_presence", assembly.labelled(presence[linked]), upper=0)
    builder.entries(rows, presence["active"][linked], 1)
    builder.entries(rows, bases["base"].to_numpy()[numbers][linked], -1)
    # Without this a base could be set up early with money that is gone when work begins.
    rows = np.full(len(bases), BLANK)
    rows[~single] = builder.rows(FAMILY, "C4_open", assembly.labelled(several), upper=0)
    builder.entries(rows[~single], several["base"], 1)
    builder.entries(rows[numbers][linked], presence["active"][linked], -1)

    organisation = sets.organisations.iloc[bases["organisation"]]
    assembly.charge("base", bases, column="base", rate=organisation["base_cost_per_period"])
    bases["set_up"] = BLANK
    assembly.bases = bases
    costly = (organisation["base_cost"] > 0).to_numpy()
    if sets.mission.T == 1:
        assembly.charge("base", bases, column="base", rate=organisation["base_cost"])
    else:
        _add_set_up(assembly, costly)


def _add_set_up(assembly: Assembly, costly: Bools) -> None:
    """Set up a base in the first period in which it is open, once (C4)."""
    builder, bases = assembly.builder, assembly.bases
    if not costly.any():
        return
    chosen = bases[costly]
    columns = builder.columns(FAMILY, "set_up", assembly.labelled(chosen), upper=1, block=chosen["site"])
    bases.loc[costly, "set_up"] = columns
    rows = builder.rows(FAMILY, "C4_set_up_when_open", assembly.labelled(chosen), upper=0)
    builder.entries(rows, columns, 1)
    builder.entries(rows, chosen["base"], -1)
    rows = builder.rows(FAMILY, "C4_set_up_before", assembly.labelled(chosen), upper=0)
    builder.entries(rows, chosen["base"], 1)
    chosen = chosen.assign(set_up=columns, row=rows)
    earlier = chosen[["organisation", "site", "period", "row"]].merge(
        chosen[["organisation", "site", "period", "set_up"]],
        on=["organisation", "site"],
        suffixes=("", "_set_up"),
    )
    begun = (earlier["period_set_up"] <= earlier["period"]).to_numpy()
    builder.entries(earlier["row"].to_numpy()[begun], earlier["set_up"].to_numpy()[begun], -1)
    cost = assembly.sets.organisations["base_cost"].to_numpy(float)[chosen["organisation"]]
    assembly.charge("base", chosen, column="set_up", rate=cost)


def _add_mobilisation(assembly: Assembly) -> None:
    """Mobilise an organisation in or before the first period in which it has a base, once (C4)."""
    builder, sets, bases = assembly.builder, assembly.sets, assembly.bases
    cost = sets.organisations["mobilisation_cost"].to_numpy(float)
    payers = np.flatnonzero(cost > 0)
    frame = pd.DataFrame(
        {
            "organisation": np.repeat(payers, sets.mission.T),
            "period": np.tile(sets.periods, len(payers)),
        }
    )
    frame["mobilised"] = builder.columns(FAMILY, "mobilised", assembly.labelled(frame), upper=1, integer=True)
    assembly.mobilisation = frame
    if frame.empty:
        return
    if sets.mission.T > 1:
        numbers, once = grouped(frame, ["organisation"])
        rows = builder.rows(FAMILY, "C4_mobilised_once", assembly.labelled(once), upper=1)
        builder.entries(rows[numbers], frame["mobilised"])
    assembly.charge("mobilisation", frame, column="mobilised", rate=cost[frame["organisation"]])
    needing = bases[cost[bases["organisation"]] > 0]
    rows = builder.rows(FAMILY, "C4_mobilised", assembly.labelled(needing), upper=0)
    builder.entries(rows, needing["base"], 1)
    earlier = needing[["organisation", "period"]].assign(row=rows)
    earlier = earlier.merge(frame, on="organisation", suffixes=("", "_mobilised"))
    begun = (earlier["period_mobilised"] <= earlier["period"]).to_numpy()
    builder.entries(earlier["row"].to_numpy()[begun], earlier["mobilised"].to_numpy()[begun], -1)
