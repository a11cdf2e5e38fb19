"""Depots that may be out of use, and routes that must be opened first (S4).

A depot is in use in every period in which anything enters it, stays in it or leaves it. As with bases, its
opening cost is paid once, in or before the first period of use. What a closed depot or route cannot do is
said commodity by commodity, and the coefficient is the least of what is of use there, what routes carry and
what can enter: that bounds best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import SHARED, Floats, Ints
from pklogistics.model.sets import BLANK, grouped
from pklogistics.model.supplies.capacity import route_labels, running_of
from pklogistics.model.supplies.enough import INTAKE, add_enough, intake
from pklogistics.model.supplies.goods import FAMILY, Goods
from pklogistics.model.supplies.tables import STOCK


@dataclass(frozen=True)
class Door:
    """What can be opened: its kind of cost, the key it is known by, and the column that says it is open."""

    kind: str
    key: str
    column: str


def add_openings(assembly: Assembly) -> None:
    """Add depots in use and open routes, what that costs, and that nothing goes without."""
    goods = assembly.goods
    if goods is None:
        return
    _add_running(assembly, goods)
    _add_roads(assembly, goods)
    if len(goods.running):
        _tie_sending(assembly, goods)
        _tie_entries(assembly, goods)
        _tie_stock(assembly, goods)
        add_enough(assembly, goods)
    if len(goods.roads):
        _tie_roads(assembly, goods)


def _add_running(assembly: Assembly, goods: Goods) -> None:
    """Add the depots in use by period, at most so many, and what they cost."""
    builder, supplies = assembly.builder, goods.supplies
    depots = supplies.depots
    closable = np.flatnonzero(depots["closable"])
    frame = pd.DataFrame(
        {"depot": np.repeat(closable, supplies.T), "period": np.tile(supplies.sets.periods, len(closable))}
    )
    at = frame["depot"].to_numpy()
    opening, rent = (depots[name].to_numpy(float)[at] for name in ("opening_cost", "cost_per_period"))
    labels = assembly.labelled(frame)
    frame["running"] = builder.columns(
        FAMILY, "running", labels, upper=1, integer=True, start=np.where(opening > 0, 0.0, np.nan)
    )
    paying = frame.assign(**{name: depots[name].to_numpy()[at] for name in ("site", "organisation")})
    assembly.charge("depot", paying, column="running", rate=rent)
    frame["opened"] = _opened(assembly, Door("depot", "depot", "running"), paying, labels, opening, SHARED)
    goods.running = frame
    most = supplies.sets.mission.header.policy.max_open_depots
    if most is not None:
        numbers, keys = grouped(frame, ["period"])
        rows = builder.rows(FAMILY, "S4_max_open_depots", keys, upper=most)
        builder.entries(rows[numbers], frame["running"])


def _add_roads(assembly: Assembly, goods: Goods) -> None:
    """Add the routes that cost something to open, in each period in which anything could take them."""
    sent = goods.sent[["route", "period"]]
    _, frame = grouped(sent[goods.of_route("opening_cost", sent["route"]) > 0], ["route", "period"])
    labels = route_labels(assembly, goods, frame)
    destination = goods.of_route("destination", frame["route"])
    block = goods.block(destination)
    frame["open"] = assembly.builder.columns(
        FAMILY, "open", labels, upper=1, integer=True, block=block, start=0.0
    )
    owner = goods.owner(goods.of_route("origin", frame["route"]))
    paying = frame.assign(organisation=owner, site=goods.site(destination))
    cost = goods.of_route("opening_cost", frame["route"])
    frame["opened"] = _opened(assembly, Door("route", "route", "open"), paying, labels, cost, block)
    goods.roads = frame


def _opened(
    assembly: Assembly, what: Door, frame: pd.DataFrame, labels: pd.DataFrame, cost: Floats, block: ArrayLike
) -> Ints:
    """Add in which period something is opened, where that costs; return the columns, BLANK elsewhere.

    In a mission of one period the column that says it is open pays.
    """
    opened = np.full(len(frame), BLANK, dtype=np.int64)
    if assembly.sets.mission.T == 1:
        assembly.charge(what.kind, frame, column=what.column, rate=cost)
        return opened
    builder, dear = assembly.builder, cost > 0
    if not dear.any():
        return opened
    chosen, labels = frame[dear], labels[dear]
    block = np.broadcast_to(np.asarray(block, dtype=np.int64), (len(frame),))[dear]
    opened[dear] = builder.columns(
        FAMILY, f"{what.kind}_opened", labels, upper=1, integer=True, block=block, start=0.0
    )
    chosen = chosen.assign(opened=opened[dear])
    numbers, once = grouped(chosen, [what.key])
    rows = builder.rows(FAMILY, f"S4_{what.kind}_once", assembly.labelled(once), upper=1)
    builder.entries(rows[numbers], chosen["opened"])
    rows = builder.rows(FAMILY, f"S4_{what.kind}_opened", labels, upper=0)
    builder.entries(rows, chosen[what.column], 1)
    later = chosen[[what.key, "period"]].assign(row=rows)
    earlier = later.merge(chosen[[what.key, "period", "opened"]], on=what.key, suffixes=("", "_opened"))
    earlier = earlier[earlier["period_opened"] <= earlier["period"]]
    builder.entries(earlier["row"], earlier["opened"], -1)
    assembly.charge(what.kind, chosen, column="opened", rate=cost[dear])
    return opened


def _tie(assembly: Assembly, name: str, lines: pd.DataFrame, by: list[str]) -> None:
    """Add that the columns of each group are no more than ``most`` of the group while ``open`` is 1.

    ``lines`` has the keys ``by``, period, column, open and most.
    """
    numbers, keys = grouped(lines, by)
    most = np.zeros(len(keys))
    np.maximum.at(most, numbers, lines["most"].to_numpy(float))
    door = np.zeros(len(keys), dtype=np.int64)
    door[numbers] = lines["open"].to_numpy(np.int64)
    rows = assembly.builder.rows(FAMILY, name, assembly.labelled(keys), upper=0)
    assembly.builder.entries(rows[numbers], lines["column"])
    assembly.builder.entries(rows, door, -most)


def _tie_sending(assembly: Assembly, goods: Goods) -> None:
    """Add that a depot out of use sends nothing, and takes nothing in by route."""
    sent = goods.sent
    door = running_of(goods, sent["origin"], sent["period"])
    by = ["origin", "destination", "commodity", "period", "arrives"]
    most = _passing(sent, by)
    lines = sent.assign(column=sent["sent"], open=door, most=most)[door != BLANK]
    _tie(assembly, "S4_sent", lines, by)
    door = running_of(goods, sent["destination"], sent["arrives"])
    lines = sent.assign(column=sent["sent"], open=door, most=most)[door != BLANK]
    _tie(assembly, "S4_received", lines, by)


def _passing(sent: pd.DataFrame, by: list[str]) -> Floats:
    """Return the most that all routes of a group carry together, and that is of use, shape (sent,)."""
    carried = sent["upper"].where(~sent.duplicated([*by, "route"]), 0.0)
    numbers, keys = grouped(sent, by)
    together = np.bincount(numbers, weights=carried, minlength=len(keys))
    most: Floats = np.minimum(together[numbers], sent["useful"].to_numpy(float))
    return most


def _tie_entries(assembly: Assembly, goods: Goods) -> None:
    """Add that nothing enters a depot out of use, and that its initial stock is there if it is in use."""
    keys = ["depot", "commodity", "period"]
    pledged = goods.taken[goods.taken["source"] != STOCK]
    parts = [
        goods.bought[keys].assign(column=goods.bought["bought"]),
        pledged[keys].assign(column=pledged["taken"]),
    ]
    lines = pd.concat(parts, ignore_index=True).astype(np.int64)
    lines["open"] = running_of(goods, lines["depot"], lines["period"])
    lines = lines.merge(intake(goods)[[*INTAKE, "more"]], on=keys)
    useful = goods.useful(lines["depot"], lines["commodity"], lines["period"])
    lines["most"] = np.minimum(useful, lines["more"])
    _tie(assembly, "S4_entered", lines[lines["open"] != BLANK], keys)

    stock = goods.taken[goods.taken["source"] == STOCK]
    door = running_of(goods, stock["depot"], stock["period"])
    stock, door = stock[door != BLANK], door[door != BLANK]
    numbers, each = grouped(stock.assign(door=door), ["entry", "depot", "commodity", "door"])
    rows = assembly.builder.rows(FAMILY, "S4_stock", assembly.labelled(each), lower=0, upper=0)
    assembly.builder.entries(rows[numbers], stock["taken"])
    there = goods.supplies.entries["quantity"].to_numpy(float)[each["entry"]]
    assembly.builder.entries(rows, each["door"], -there)


def _tie_stock(assembly: Assembly, goods: Goods) -> None:
    """Add that nothing stays in a depot out of use."""
    frame = goods.on_hand
    door = running_of(goods, frame["place"], frame["period"])
    lines = frame.assign(column=frame["on_hand"], open=door, most=frame["upper"])[door != BLANK]
    _tie(assembly, "S4_on_hand", lines, ["place", "commodity", "period"])


def _tie_roads(assembly: Assembly, goods: Goods) -> None:
    """Add that nothing is sent on a route before it is opened."""
    lines = goods.sent.assign(column=goods.sent["sent"], most=goods.sent["upper"])
    lines = lines.merge(goods.roads[["route", "period", "open"]], on=["route", "period"])
    _tie(assembly, "S4_route", lines, ["route", "origin", "destination", "commodity", "period"])
