"""Settle what a solver found: derive every secondary column from the decisions proper.

A solver's point is right only to a tolerance, and columns that cost nothing in the tiers solved may hold
more than is needed: a base where nobody works, an idle mobilisation, a mandate broken further than it
must be. Settling keeps the decisions (who serves whom, who is present, what is stationed, the shares in
which funds pay) and derives the rest, so that the point and the plan say the same.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.build import Model
from pklogistics.model.force.stationing import deployed
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK, grouped
from pklogistics.model.supplies.settle import settle_goods

_MOVE = ["unit", "site", "period", "column", "arriving", "leaving"]

LEAST_PEOPLE = 1e-6
"""Fewer people than this are a solver's rounding, not people."""


def settle(model: Model, values: Floats) -> Floats:
    """Return the settled point, shape (columns,), of a solver's point of the same shape."""
    whole = model.program.integer
    rounded = np.where(whole, np.round(values), values)
    x: Floats = np.clip(rounded, model.program.col_lower, model.program.col_upper)
    _settle_service(model, x)
    _settle_presence(model, x)
    _settle_bases(model, x)
    _settle_mobilisation(model, x)
    if model.assembly.goods is not None:
        counts = any(tier.weights.get("waste", 0.0) for tier in model.program.tiers)
        paid = model.assembly.mission.has("funds")
        settle_goods(model.assembly.goods, x, paid=paid, may_expire=not counts)
    _settle_moves(model, x)
    _settle_payments(model, x)
    _settle_broken(model, x)
    return x


def _settle_service(model: Model, x: Floats) -> None:
    """Serve nobody without presence, nobody twice, and count the unmet."""
    assembly = model.assembly
    options, service, needs = assembly.options, assembly.service, assembly.sets.needs
    tied = options[options["presence"] != BLANK]
    absent = x[assembly.presence["active"].to_numpy(np.int64)[tied["presence"]]] < 0.5
    x[tied["served"][absent]] = 0.0
    column = service["served"].to_numpy(np.int64)
    x[column] = np.where(x[column] < LEAST_PEOPLE, 0.0, x[column])
    total = np.bincount(service["n"], weights=x[column], minlength=len(needs))
    net = needs["net"].to_numpy()
    excess = np.divide(net, total, out=np.ones(len(net)), where=total > net)
    x[column] *= excess[service["n"]]
    unmet = assembly.unmet
    left = np.maximum(net - np.minimum(total, net), 0.0)
    left[left < LEAST_PEOPLE] = 0.0
    x[unmet[unmet != BLANK]] = left[unmet != BLANK]


def _settle_presence(model: Model, x: Floats) -> None:
    """Use the options that serve people; a presence that serves nobody uses its first option."""
    options = model.assembly.options
    tied = options[options["used"] != BLANK]
    if tied.empty:
        return
    serves = x[tied["served"]] > 0
    idle = ~pd.Series(serves, index=tied.index).groupby(tied["presence"]).transform("any")
    first = ~tied["presence"].duplicated()
    active = x[model.assembly.presence["active"].to_numpy(np.int64)[tied["presence"]]] > 0.5
    x[tied["used"]] = (active & (serves | (idle & first))).astype(float)


def _settle_bases(model: Model, x: Floats) -> None:
    """Keep a base open exactly where the organisation is present, set up in its first period (C4)."""
    assembly = model.assembly
    bases = assembly.bases
    if bases.empty:
        return
    keys = ["organisation", "site", "period"]
    active = assembly.presence[x[assembly.presence["active"]] > 0.5]
    number, _ = grouped(pd.concat([bases[keys], active[keys]], ignore_index=True), keys)
    open_bases = np.isin(number[: len(bases)], number[len(bases) :])
    x[bases["base"]] = open_bases.astype(float)
    first = bases[open_bases].groupby(["organisation", "site"])["period"].transform("min")
    starts = np.zeros(len(bases), dtype=bool)
    starts[np.flatnonzero(open_bases)] = (bases["period"][open_bases] == first).to_numpy()
    built = (bases["set_up"] != BLANK).to_numpy()
    x[bases["set_up"][built]] = starts[built].astype(float)


def _settle_mobilisation(model: Model, x: Floats) -> None:
    """Mobilise only organisations that are present somewhere, once."""
    assembly = model.assembly
    frame, bases = assembly.mobilisation, assembly.bases
    present = bases.loc[x[bases["base"]] > 0.5, "organisation"].unique()
    chosen = (x[frame["mobilised"]] > 0.5) & frame["organisation"].isin(present).to_numpy()
    again = frame[chosen].duplicated("organisation").to_numpy()
    chosen[np.flatnonzero(chosen)[again]] = False
    x[frame["mobilised"]] = chosen.astype(float)


def _settle_moves(model: Model, x: Floats) -> None:
    """Count as arriving only the units that were not there before (T1)."""
    moves = arrivals(model, x)
    counted = moves["column"] != BLANK
    x[moves["column"][counted].to_numpy(np.int64)] = moves["arriving"][counted]


def arrivals(model: Model, x: Floats) -> pd.DataFrame:
    """Return unit, site, period, arriving, leaving and the arriving column (or BLANK) of every change.

    Escort duty counts as a place like any other; its site is BLANK.
    """
    sets, frame = model.assembly.sets, model.assembly.stationing
    on_duty = model.assembly.escorts
    if frame.empty and on_duty.empty and not sets.mission.has("units"):
        return pd.DataFrame(columns=_MOVE)
    if len(on_duty):
        duties = on_duty.drop(columns="on_escort").assign(site=BLANK, stationed=on_duty["on_escort"])
        frame = pd.concat([frame, duties], ignore_index=True)
    now = frame[["unit", "site", "period"]].assign(count=x[frame["stationed"].to_numpy(np.int64)])
    unit, site = np.nonzero(deployed(sets)) if sets.mission.has("units") else (np.zeros(0, int),) * 2
    today = pd.DataFrame({"unit": unit, "site": site, "period": 0}).assign(
        count=deployed(sets)[unit, site] if len(unit) else 0.0
    )
    states = pd.concat([today, now[now["count"] > 0]], ignore_index=True)
    after = states.assign(period=states["period"] + 1).rename(columns={"count": "before"})
    both = states.merge(after, on=["unit", "site", "period"], how="outer").fillna(
        {"count": 0.0, "before": 0.0}
    )
    both = both[(both["period"] >= 1) & (both["period"] <= sets.mission.T)]
    both["arriving"] = (both["count"] - both["before"]).clip(lower=0)
    both["leaving"] = (both["before"] - both["count"]).clip(lower=0)
    columns = frame[["unit", "site", "period", "arriving"]].rename(columns={"arriving": "column"})
    every = columns.merge(both.drop(columns="count"), on=["unit", "site", "period"], how="outer")
    every["column"] = every["column"].fillna(BLANK).astype("int64")
    return every.fillna({"arriving": 0.0, "leaving": 0.0, "before": 0.0})


def _settle_payments(model: Model, x: Floats) -> None:
    """Pay each account exactly, the funds in the proportions found (F1)."""
    assembly = model.assembly
    lines, payments = assembly.lines, assembly.payments
    if payments.empty:
        return
    amount = lines[["account", "period"]].assign(cost=lines["rate"] * x[lines["column"]])
    due = amount.groupby(["account", "period"], as_index=False)["cost"].sum()
    numbers, keys = grouped(payments, ["account", "period"])
    owed = keys.merge(due, how="left")["cost"].fillna(0.0).to_numpy()
    paid = np.maximum(x[payments["paid"]], 0.0)
    total = np.bincount(numbers, weights=paid, minlength=len(keys))
    scale = np.divide(owed, total, out=np.zeros(len(keys)), where=total > 0)
    x[payments["paid"]] = paid * scale[numbers]


def _settle_broken(model: Model, x: Floats) -> None:
    """Break mandates by no more than the rest of the point asks for."""
    _settle_least_unmet(model, x)
    program, broken = model.program, model.assembly.broken
    columns = (
        np.concatenate([frame["column"].to_numpy(np.int64) for frame in broken])
        if broken
        else np.zeros(0, int)
    )
    x[columns] = 0.0
    if not len(columns):
        return
    entries = program.matrix.tocsc()[:, columns].tocoo()
    activity = program.matrix @ x
    low, high = program.row_lower[entries.row], program.row_upper[entries.row]
    lacking = np.where(entries.data > 0, low - activity[entries.row], activity[entries.row] - high)
    needed = np.maximum(lacking / np.abs(entries.data), 0.0)
    np.maximum.at(x, columns[entries.col], np.where(np.isfinite(needed), needed, 0.0))
    people = x[columns] * np.concatenate([frame["weight"].to_numpy(float) for frame in broken])
    x[columns[people < LEAST_PEOPLE]] = 0.0


def _settle_least_unmet(model: Model, x: Floats) -> None:
    """Set the least share of unmet people of any group to what it is (Q1)."""
    group = model.program.group("low")
    if group is None:
        return
    rows = next(rows for rows in model.program.row_groups if rows.name == "Q1_least")
    x[group.index] = 0.0
    unmet = model.program.matrix[rows.index] @ x
    entries = model.program.matrix[rows.index][:, group.index].tocoo()
    share = unmet[entries.row] / -entries.data
    x[group.index] = 1.0
    np.minimum.at(x, group.index[entries.col], share)
