"""What places can take in and hold, and what routes carry (S3)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK, grouped
from pklogistics.model.supplies.goods import FAMILY, Goods
from pklogistics.model.supplies.tables import STOCK


def add_capacities(assembly: Assembly) -> None:
    """Add the limits of depots, of storage at sites, and of routes."""
    goods = assembly.goods
    if goods is None:
        return
    _add_storage(assembly, goods)
    _add_throughput(assembly, goods)
    _add_routes(assembly, goods)


def _add_storage(assembly: Assembly, goods: Goods) -> None:
    """Add what may be on hand at the end of a period, in tonnes and in cubic metres."""
    supplies, frame = goods.supplies, goods.on_hand
    sites = supplies.sets.sites
    for measure, each in (("t", goods.tonnes(frame)), ("m3", goods.cubic_metres(frame))):
        of_sites = sites[f"storage_{measure}"].astype(float).fillna(np.inf)
        capacity = np.concatenate([supplies.depots[f"capacity_{measure}"], of_sites])
        lines = frame[["place", "period", "on_hand"]].assign(each=each)
        lines = lines[np.isfinite(capacity[lines["place"]]) & (each > 0)]
        numbers, keys = grouped(lines, ["place", "period"])
        limit = np.maximum(capacity, _at_first(goods, measure))[keys["place"]]
        shut = running_of(goods, keys["place"], keys["period"])
        labels = assembly.labelled(keys)
        rows = assembly.builder.rows(
            FAMILY, f"S3_storage_{measure}", labels, upper=np.where(shut == BLANK, limit, 0.0)
        )
        assembly.builder.entries(rows[numbers], lines["on_hand"], lines["each"])
        assembly.builder.entries(rows[shut != BLANK], shut[shut != BLANK], -limit[shut != BLANK])


def _at_first(goods: Goods, measure: str) -> Floats:
    """Return the initial stock at each place, in tonnes or cubic metres: it fits, but for rounding."""
    stock = goods.supplies.stock
    each = goods.tonnes(stock) if measure == "t" else goods.cubic_metres(stock)
    places = goods.supplies.sets.names.count("place")
    held = np.zeros(places)
    np.add.at(held, stock["depot"].to_numpy(), stock["quantity"].to_numpy() * each)
    return held


def running_of(goods: Goods, place: pd.Series[int], period: pd.Series[int]) -> np.ndarray:
    """Return the column that says that a depot is in use, BLANK for places that always are."""
    column = np.full((goods.supplies.sets.names.count("place"), goods.supplies.T + 1), BLANK, dtype=np.int64)
    frame = goods.running
    column[frame["depot"], frame["period"]] = frame["running"]
    return np.asarray(column[place, period])


def _add_throughput(assembly: Assembly, goods: Goods) -> None:
    """Add what a depot can take in: what is bought, pledged or comes by route, not its initial stock."""
    limit = goods.supplies.depots["throughput_t"].to_numpy(float)
    pledged = goods.taken[goods.taken["source"] != STOCK]
    coming = goods.sent[goods.sent["destination"] < goods.supplies.depot_count]
    parts = [
        goods.bought[["depot", "period", "commodity"]].assign(column=goods.bought["bought"]),
        pledged[["depot", "period", "commodity"]].assign(column=pledged["taken"]),
        pd.DataFrame(
            {
                "depot": coming["destination"],
                "period": coming["arrives"],
                "commodity": coming["commodity"],
                "column": coming["sent"],
            }
        ),
    ]
    lines = pd.concat(parts, ignore_index=True).astype(np.int64)
    lines = lines[np.isfinite(limit[lines["depot"]])]
    lines["each"] = goods.tonnes(lines)
    lines = lines[lines["each"] > 0]
    numbers, keys = grouped(lines, ["depot", "period"])
    shut = running_of(goods, keys["depot"], keys["period"])
    labels, most = assembly.labelled(keys), limit[keys["depot"]]
    rows = assembly.builder.rows(FAMILY, "S3_throughput", labels, upper=np.where(shut == BLANK, most, 0.0))
    assembly.builder.entries(rows[numbers], lines["column"], lines["each"])
    assembly.builder.entries(rows[shut != BLANK], shut[shut != BLANK], -most[shut != BLANK])


def _add_routes(assembly: Assembly, goods: Goods) -> None:
    """Add what a route carries in a period, and that it is open where opening it costs."""
    sent = goods.sent
    capacity = goods.of_route("capacity_t", sent["route"])
    lines = sent[["route", "period", "sent"]].assign(each=goods.tonnes(sent))
    lines = lines[np.isfinite(capacity) & (lines["each"] > 0)]
    numbers, keys = grouped(lines, ["route", "period"])
    most = goods.of_route("capacity_t", keys["route"])
    road = (
        keys.merge(goods.roads, on=["route", "period"], how="left")["open"].fillna(BLANK).to_numpy(np.int64)
    )
    labels = route_labels(assembly, goods, keys)
    rows = assembly.builder.rows(FAMILY, "S3_route", labels, upper=np.where(road == BLANK, most, 0.0))
    assembly.builder.entries(rows[numbers], lines["sent"], lines["each"])
    assembly.builder.entries(rows[road != BLANK], road[road != BLANK], -most[road != BLANK])


def route_labels(assembly: Assembly, goods: Goods, frame: pd.DataFrame) -> pd.DataFrame:
    """Return origin, destination and mode of the routes of a frame as labels, and its period."""
    ends = {name: goods.of_route(name, frame["route"]) for name in ("origin", "destination")}
    keys = pd.DataFrame({**ends, "period": frame["period"].to_numpy()})
    return assembly.labelled(keys).assign(mode=goods.of_route("mode", frame["route"]))
