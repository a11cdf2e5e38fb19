"""What one more unit of each scarce thing is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.explain.limits import BY_NAME, LABELS, period_of
from pklogistics.explain.prices import Prices
from pklogistics.explain.questions import Questions
from pklogistics.explain.results import VALUE_COLUMNS
from pklogistics.explain.until import Until
from pklogistics.explain.wholes import COUNTED, one_more_of_each
from pklogistics.explain.wording import Wording
from pklogistics.model.program import Ints

CONFIRMED = 10
"""So many of the first values are confirmed by solving again."""

_SHARE = 0.01
"""A value is confirmed with so much more of what there is, or with one more where it comes in whole units."""

_SAME = 0.999
_GROWTH, _TRIES = 4.0, 8

_PRICED = (
    *("fund", "staff", "max_people", "max_people_total", "market", "route", "fleet", "storage", "storage_m3"),
    *("throughput", "stock", "escort", "movement", "camp", *COUNTED),
)
"""Kinds that are amounts, of which one more unit means something; those of which there is no half."""

_BEST_PERIOD = ("stock",)
_WHOLE = (*COUNTED, "movement", "camp")

_NEGLIGIBLE, _SAME_WORTH = 1e-9, 1e-6


def value_table(
    questions: Questions,
    wording: Wording,
    prices: Prices,
    shortfalls: pd.DataFrame,
    limits: pd.DataFrame,
    until: Until,
) -> pd.DataFrame:
    """Return the values, ranked by the severity-weighted need that one more unit meets, per `VALUE_COLUMNS`.

    Amounts that can be split are priced by the duals. Where a price says nothing, because more is of use only
    in one piece, the value is what it takes to serve the best of the shortfalls that lack nothing else, or
    what one more serves (see `wholes`), and ``confirmed`` is the proof of that answer.
    """
    counted = one_more_of_each(questions, shortfalls, until.halfway()).assign(step=1.0)
    lumps = _lumps(questions, shortfalls, limits)
    things = pd.concat([_marginal(questions, prices), lumps, counted], ignore_index=True)
    if things.empty:
        return pd.DataFrame(columns=list(VALUE_COLUMNS))
    things["name"] = [_name(things.loc[at]) for at in things.index]
    # A price holds for any amount: where a piece is worth as much, it is the price that is told.
    worth: pd.Series = things["weighted"].astype(float) * np.where(
        things["step"].isna(), 1 + _SAME_WORTH, 1.0
    )
    things = things.loc[worth.sort_values(ascending=False, kind="stable").index]
    things = things.drop_duplicates(["kind", "name"])
    things["table"] = things["kind"].map({kind: BY_NAME[kind].table for kind in _PRICED})
    things["column"] = things["kind"].map({kind: BY_NAME[kind].column for kind in _PRICED})
    things["measure"] = [wording.measure(BY_NAME[row["kind"]], row) for _, row in things.iterrows()]
    things = _ranked(things).reset_index(drop=True)
    _confirm(questions, prices, things, until)
    # At a kink of its worth a thing gains less than its price says, and comes later.
    things = pd.concat([_ranked(things.head(CONFIRMED)), things.iloc[CONFIRMED:]], ignore_index=True)
    return things.reindex(columns=list(VALUE_COLUMNS))


def _ranked(things: pd.DataFrame) -> pd.DataFrame:
    """Rank by what a hundredth more of each thing is worth: a dollar and a platoon have no common unit."""
    worth = things["weighted"] * np.maximum(_SHARE * things["amount"], things["step"].fillna(0.0))
    return things.loc[worth.sort_values(ascending=False, kind="stable").index]


def _marginal(questions: Questions, prices: Prices) -> pd.DataFrame:
    """Return the things that the duals price, with the rows that say them."""
    table, of_row = questions.limits.table, questions.limits.of_row
    named = np.flatnonzero(of_row >= 0)
    if not prices.found or not len(named):
        return pd.DataFrame(columns=[*LABELS, "kind", "amount", "weighted", "step", "rows"])
    duals = prices.duals[named]
    rises = questions.limits.rises[named]
    worth = np.where(rises, -duals, duals)
    frame = (
        table.iloc[of_row[named]].reset_index(drop=True).assign(row_at=named, worth=np.maximum(worth, 0.0))
    )
    frame = frame[frame["kind"].isin(_PRICED)].reset_index(drop=True)
    side = prices.piece.row_upper[frame["row_at"]]
    frame["side"] = np.where(np.isfinite(side), side, 0.0)
    frame["period"] = period_of(questions.model, frame)
    best = frame["kind"].isin(_BEST_PERIOD)
    keys = ["kind", *LABELS]
    summed = (
        frame[~best]
        .groupby(keys, sort=False, dropna=False)
        .agg(weighted=("worth", "sum"), amount=("side", "max"), rows=("row_at", tuple))
    )
    top = (
        frame[best]
        .sort_values("worth", ascending=False)
        .groupby(keys, sort=False, dropna=False)
        .agg(
            weighted=("worth", "first"), amount=("side", "max"), rows=("row_at", lambda rows: (rows.iloc[0],))
        )
    )
    both = pd.concat([summed.reset_index(), top.reset_index()], ignore_index=True)
    return both[both["weighted"] > _NEGLIGIBLE].assign(step=np.nan)


def _lumps(questions: Questions, shortfalls: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Return what one amount more serves where it is all that a shortfall lacks, the best of each thing."""
    alone = limits[limits.groupby("shortfall")["kind"].transform("size") == 1]
    alone = alone[alone["kind"].isin(_PRICED) & (alone["amount"] > _NEGLIGIBLE)]
    served = shortfalls.iloc[alone["shortfall"].to_numpy(np.int64)].reset_index(drop=True)
    frame = alone.reset_index(drop=True)
    weight = (served["weighted"] / served["unmet"]).to_numpy(float)
    step = np.where(
        frame["kind"].isin(_WHOLE), np.ceil(frame["amount"] - 1e-6), frame["amount"].astype(float)
    )
    frame = frame.reindex(columns=["kind", *LABELS]).assign(
        step=np.maximum(step, np.where(frame["kind"].isin(_WHOLE), 1.0, 0.0)),
        lump=served["people"].to_numpy(float),
        proven=served["proven"].to_numpy(bool),
    )
    frame = frame[frame["proven"]].assign(amount=0.0)
    frame["period"] = period_of(questions.model, frame)
    frame["people"] = frame["lump"] / frame["step"]
    frame["weighted"] = frame["people"] * weight[frame.index]
    return frame.drop(columns=["proven"])


def _name(thing: pd.Series) -> str:
    """Return the labels of a thing as one name: "port - camp", "unicef, period 2"."""
    silent = ("account", "row", "period", "region") if _said(thing["site"]) else ("account", "row", "period")
    parts = [str(thing[name]) for name in LABELS if name not in silent and _said(thing[name])]
    period = thing["period"]
    when = [f"period {int(float(str(period)))}"] if _said(period) else []
    return ", ".join([*parts, *when])


def _said(label: object) -> bool:
    return not (label in ("", 0) or (isinstance(label, float) and np.isnan(label)))


def _confirm(questions: Questions, prices: Prices, things: pd.DataFrame, until: Until) -> None:
    """Fill confirmed figures of the first things, then people and range of these, in place."""
    for name in ("people", "least", "most", "confirmed", "confirmed_people"):
        if name not in things:
            things[name] = np.nan
    # A lump: the answer that says so is the proof, checked by arithmetic. Less of it is worth nothing.
    lumps = things["step"].notna().to_numpy(bool)
    for name, figure in (("confirmed", "weighted"), ("confirmed_people", "people")):
        things.loc[lumps, name] = things.loc[lumps, figure].astype(float)
    things.loc[lumps, ["least", "most"]] = 0.0
    confirmed = []
    for at in things.index[:CONFIRMED]:
        thing = things.loc[at]
        if lumps[at] or until.passed:
            continue
        rows = np.array(thing["rows"], dtype=np.int64)
        step = 1.0 if thing["kind"] in _WHOLE else share_of(float(thing["amount"]))
        gain = prices.gain(rows, step, until)
        if gain is not None:
            figures = gain.weighted / step, step, gain.people / step
            things.loc[at, ["confirmed", "step", "confirmed_people"]] = figures
            confirmed.append((at, rows))
    for at, rows in confirmed:
        step, worth, people = (
            float(things.loc[at, name]) for name in ("step", "weighted", "confirmed_people")
        )
        # No more can be taken away than there is.
        ends = (-1.0, float(things.loc[at, "amount"])), (1.0, np.inf)
        ranges = [_range(prices, rows, sign, step, worth, end, until) for sign, end in ends]
        things.loc[at, ["least", "most"]] = ranges
        things.loc[at, "people"] = _people_of_one(prices, rows, step, ranges[1], people, until)
        if ranges[1] == 0:
            things.loc[at, "weighted"] = things.loc[at, "confirmed"]


def share_of(amount: float) -> float:
    """Return the step by which a value is confirmed of something of which there is so much."""
    return max(_SHARE * amount, 1e-3) if amount > 0 else 1.0


def _people_of_one(
    prices: Prices, rows: Ints, step: float, most: float, people: float, until: Until
) -> float:
    """Return the people served by one more unit while the price holds."""
    if most >= step or most <= 0:
        return people
    gain = prices.gain(rows, most, until)
    return people if gain is None else gain.people / most


def _range(
    prices: Prices, rows: Ints, sign: float, step: float, worth: float, end: float, until: Until
) -> float:
    """Return how far the limit can move, at most to the ``end``, before one unit is worth less.

    Taken away, before it is worth more.
    """
    holds, fails, tried = 0.0, np.inf, min(step / _GROWTH, end)
    beyond: list[tuple[float, float]] = []  # where it no longer holds, and what is gained there in all
    for _ in range(_TRIES):
        if until.passed or holds >= end:
            break
        gain = prices.gain(rows, sign * tried, until)
        gained = np.nan if gain is None else gain.weighted / sign
        if np.isfinite(gained) and _SAME <= gained / (tried * worth) <= 2 - _SAME:
            holds = tried
        else:
            fails = tried
            beyond.append((tried, gained))
        if not np.isfinite(fails):
            tried = min(holds * _GROWTH, end)
        else:
            bend = _bend(beyond[-2:], worth)
            tried = bend if holds * (1 + _SAME_WORTH) < bend < fails else (holds + fails) / 2
    return holds


def _bend(beyond: list[tuple[float, float]], worth: float) -> float:
    """Return where the line through two points beyond it meets what the price says; NaN if it does not.

    Of one point alone: where as much would be gained as at the point, if nothing is beyond the bend.
    """
    (first, gained), (second, gained_there) = beyond[0], beyond[-1]
    slope = (gained - gained_there) / (first - second) if first != second else 0.0
    return (gained_there - slope * second) / (worth - slope) if slope != worth else np.nan
