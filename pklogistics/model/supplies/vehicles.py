"""What each type of vehicle carries, as it follows from what is sent and from the loads that were chosen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.model.sets import grouped
from pklogistics.model.supplies.fleets import vehicles
from pklogistics.model.supplies.goods import Goods

_ENOUGH = 1e12
"""Loads of a type that has no choice: as many as it takes."""


def carried(goods: Goods, x: Floats) -> pd.DataFrame:
    """Return who carries what at a point: route, fleet, period, tonnes, volume_m3, loads, used, ``driven``.

    Each vehicle carries the same mix of goods if the loads allow it, and no more loads than that takes count.
    ``used`` is in hours; ``driven`` is the column of their loads, BLANK where there is no choice.
    """
    trips = _sent(goods, x)
    lines = trips.merge(vehicles(goods), on="route")
    chosen = goods.driven
    if len(chosen):
        lines = lines.merge(chosen[["route", "period", "fleet", "driven"]], how="left")
    else:
        lines["driven"] = np.nan
    lines["driven"] = lines["driven"].fillna(-1).astype(np.int64)
    loads = np.where(lines["driven"] < 0, _ENOUGH, np.append(x, 0.0)[lines["driven"]])
    number, _ = grouped(lines, ["route", "period"])
    could = _could(lines, loads)
    whole = _total(number, could)
    tonnes, volume = _apart(lines, number, loads)
    same = np.divide(could, whole, out=np.zeros(len(lines)), where=whole > 0)
    mixed = whole >= 1 - 1e-9
    lines["tonnes"] = np.where(mixed, lines["sent_t"] * same, tonnes)
    lines["volume_m3"] = np.where(mixed, lines["sent_m3"] * same, volume)
    by_volume = np.where(lines["limited"], lines["volume_m3"] / lines["payload_m3"], 0.0)
    lines["loads"] = np.maximum(lines["tonnes"] / lines["payload_t"], by_volume)
    lines["used"] = lines["loads"] * lines["trip"]
    return lines


def _could(lines: pd.DataFrame, loads: Floats) -> Floats:
    """Return the share of what is sent that each type could carry if every load were of the same mix."""
    by_weight = _ratio(loads * lines["payload_t"].to_numpy(float), lines["sent_t"].to_numpy(float))
    limited = lines["limited"].to_numpy(bool)
    room = np.where(limited, lines["payload_m3"], 0.0) * loads
    by_volume = _ratio(room, lines["sent_m3"].to_numpy(float))
    return np.minimum(1.0, np.minimum(by_weight, np.where(limited, by_volume, np.inf)))


def _apart(lines: pd.DataFrame, number: Ints, loads: Floats) -> tuple[Floats, Floats]:
    """Return tonnes and m3 if what is heavy and what is bulky ride apart: the bulky on what is large."""
    limited = lines["limited"].to_numpy(bool)
    weight = loads * lines["payload_t"].to_numpy(float)
    volume = loads * np.where(np.isfinite(lines["payload_m3"]), lines["payload_m3"], 0.0)
    tonnes = _filled(lines["sent_t"].to_numpy(float), number, weight, ~limited)
    return tonnes, _filled(lines["sent_m3"].to_numpy(float), number, volume, limited)


def _filled(sent: Floats, number: Ints, room: Floats, first: Bools) -> Floats:
    """Fill the room of the first lines of each group in proportion, then that of the others."""
    theirs, others = np.where(first, room, 0.0), np.where(first, 0.0, room)
    most = np.minimum(sent, _total(number, theirs))
    one = most * np.nan_to_num(_ratio(theirs, _total(number, theirs)), posinf=0.0)
    rest = (sent - most) * np.nan_to_num(_ratio(others, _total(number, others)), posinf=0.0)
    return one + rest


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, infinite where the whole is 0."""
    ratio: Floats = np.divide(part, whole, out=np.full(len(part), np.inf), where=whole > 0)
    return ratio


def _total(number: Ints, values: Floats) -> Floats:
    """Return the sum of the values of each line's group."""
    total = np.zeros(int(number.max(initial=-1)) + 1)
    np.add.at(total, number, values)
    sums: Floats = total[number]
    return sums


def _sent(goods: Goods, x: Floats) -> pd.DataFrame:
    """Return what is sent on each route that a fleet drives: route, period, sent_t, sent_m3."""
    sent = goods.sent
    driven = goods.supplies.routes["fleet"].reindex(sent["route"]).to_numpy(bool)
    sent = sent[driven & (x[sent["sent"]] > 0)]
    quantity = x[sent["sent"]]
    numbers, trips = grouped(sent, ["route", "period"])
    for name, each in (("sent_t", goods.tonnes(sent)), ("sent_m3", goods.cubic_metres(sent))):
        trips[name] = np.bincount(numbers, weights=quantity * each, minlength=len(trips))
    return trips
