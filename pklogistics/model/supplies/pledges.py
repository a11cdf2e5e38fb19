"""Pledges are declined only where there is no room for them.

What nobody needs costs nothing whether it is taken or not, so that a solver may decline it. It is on its way
all the same: where it fits into the depot until the end of the mission, it is taken.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from pklogistics.model.program import Floats, Ints
from pklogistics.model.sets import BLANK
from pklogistics.model.supplies.goods import Goods
from pklogistics.model.supplies.tables import ANY, PLEDGE, STOCK


def take_what_fits(goods: Goods, x: Floats, may_expire: bool) -> None:
    """Take in what was declined, as far as it fits; what perishes only if ``may_expire``."""
    lines = _declined(goods, x)
    if not may_expire:
        lines = lines[lines["expires"] >= goods.supplies.never]
    on_hand, expired = _columns(goods, goods.on_hand, "on_hand"), _columns(goods, goods.expired, "expired")
    node = lines["node"].to_numpy(np.int64)
    lines = lines[(on_hand[node] != BLANK) | (expired[node] != BLANK)]
    for period in np.unique(lines["period"]):
        batch = lines[lines["period"] == period]
        batch = batch.assign(more=batch["declined"] * _share(goods, x, batch, int(period)))
        batch = batch[batch["more"] > 0]
        x[batch["taken"].to_numpy(np.int64)] += batch["more"].to_numpy()
        _keep(goods, x, batch, on_hand, expired)


def _declined(goods: Goods, x: Floats) -> pd.DataFrame:
    """Return the pledges of which something is declined, by a depot that is in use until the end."""
    pledges = goods.taken[goods.taken["source"] == PLEDGE]
    taken = pd.Series(x[pledges["taken"].to_numpy(np.int64)], index=pledges.index)
    missing = pledges["quantity"] - taken.groupby(pledges["entry"]).transform("sum")
    lines = pledges.assign(declined=missing)[(pledges["cargo"] == ANY) & (missing > 0)]
    open_until = np.ones(goods.supplies.depot_count, dtype=np.int64)
    frame = goods.running
    shut = frame[x[frame["running"].to_numpy(np.int64)] < 0.5]
    np.maximum.at(open_until, shut["depot"].to_numpy(np.int64), shut["period"].to_numpy(np.int64) + 1)
    found: pd.DataFrame = lines[lines["period"].to_numpy() >= open_until[lines["depot"].to_numpy(np.int64)]]
    return found


def _columns(goods: Goods, frame: pd.DataFrame, name: str) -> Ints:
    """Return the column of each node, BLANK where there is none, shape (nodes,)."""
    columns = np.full(len(goods.network.lot), BLANK, dtype=np.int64)
    columns[frame["node"].to_numpy(np.int64)] = frame[name]
    return columns


def _share(goods: Goods, x: Floats, batch: pd.DataFrame, period: int) -> Floats:
    """Return the share of each line for which its depot has room from the period on."""
    depots = goods.supplies.depots
    share = np.ones(len(depots))
    depot = batch["depot"].to_numpy(np.int64)
    rooms = (
        (depots["capacity_t"], goods.tonnes, _held(goods, x, period, goods.tonnes)),
        (depots["capacity_m3"], goods.cubic_metres, _held(goods, x, period, goods.cubic_metres)),
        (depots["throughput_t"], goods.tonnes, _come(goods, x, period)),
    )
    for limit, each, used in rooms:
        wanted = np.zeros(len(depots))
        np.add.at(wanted, depot, batch["declined"].to_numpy() * each(batch))
        room = np.maximum(limit.to_numpy(float) - used, 0.0)
        share = np.minimum(share, np.divide(room, wanted, out=np.ones(len(depots)), where=wanted > 0))
    shares: Floats = share[depot]
    return shares


def _held(goods: Goods, x: Floats, period: int, each: Callable[[pd.DataFrame], Floats]) -> Floats:
    """Return the most that is on hand at depots at the end of any period from this one on."""
    frame = goods.on_hand
    frame = frame[(frame["place"] < goods.supplies.depot_count) & (frame["period"] >= period)]
    held = np.zeros((goods.supplies.depot_count, goods.supplies.T + 1))
    at = frame["place"].to_numpy(np.int64), frame["period"].to_numpy(np.int64)
    np.add.at(held, at, x[frame["on_hand"].to_numpy(np.int64)] * each(frame))
    most: Floats = held.max(axis=1, initial=0.0)
    return most


def _come(goods: Goods, x: Floats, period: int) -> Floats:
    """Return the tonnes that depots take in in a period."""
    depots = goods.supplies.depot_count
    pledged = goods.taken[goods.taken["source"] != STOCK]
    routed = goods.sent[goods.sent["destination"] < depots]
    routed = routed.assign(depot=routed["destination"], period=routed["arrives"])
    come = np.zeros(depots)
    for frame, name in ((goods.bought, "bought"), (pledged, "taken"), (routed, "sent")):
        now = frame[frame["period"] == period]
        amount = x[now[name].to_numpy(np.int64)] * goods.tonnes(now)
        np.add.at(come, now["depot"].to_numpy(np.int64), amount)
    return come


def _keep(goods: Goods, x: Floats, batch: pd.DataFrame, on_hand: Ints, expired: Ints) -> None:
    """Keep what is taken in until it expires, or the mission ends."""
    node = batch["node"].to_numpy(np.int64)
    more, left = (
        batch["more"].to_numpy(float),
        batch["expires"].to_numpy(np.int64) - goods.network.period[node],
    )
    last = goods.supplies.T - goods.network.period[node]
    for later in range(int(last.max(initial=-1)) + 1):
        stays, ends = (left > later) & (later <= last), (left == later) & (later <= last)
        np.add.at(x, on_hand[node[stays] + later], more[stays])
        np.add.at(x, expired[node[ends] + later], more[ends])
