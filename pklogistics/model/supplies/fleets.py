"""Vehicles and their hours (S3), and what moving goods costs.

Routes whose mode has a fleet at the origin take its vehicles, there and back; others are driven under
contract. A fleet of one type that volume does not limit needs no columns: its hours follow from the tonnes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.sets import grouped
from pklogistics.model.supplies.capacity import route_labels
from pklogistics.model.supplies.goods import FAMILY, Goods


def add_transport(assembly: Assembly) -> None:
    """Add what routes cost, and the hours of the vehicles that drive them."""
    goods = assembly.goods
    if goods is None:
        return
    sent = goods.sent
    rate = goods.of_route("cost_per_t", sent["route"]) * goods.tonnes(sent)
    assembly.charge("transport", _paying(goods, sent), column="sent", rate=rate)
    driven = goods.of_route("fleet", sent["route"]).astype(bool)
    keys = ["route", "commodity", "period", "origin", "destination", "upper", "sent"]
    lines = sent.loc[driven, keys].merge(vehicles(goods), on="route")
    alone = lines["alone"].to_numpy(bool)
    _add_alone(assembly, goods, lines if alone.all() else lines[alone])
    _add_loads(assembly, goods, lines[~alone])


def _paying(goods: Goods, frame: pd.DataFrame) -> pd.DataFrame:
    """Return lines of routes with the keys of their costs: who runs the origin, and the site it leads to."""
    return frame.assign(organisation=goods.owner(frame["origin"]), site=goods.site(frame["destination"]))


def vehicles(goods: Goods) -> pd.DataFrame:
    """Return the vehicles of each route with a fleet: route, fleet, payloads, trip, cost_per_hour and so on.

    ``trip`` is the hours there and back, ``limited`` whether volume limits them, ``alone`` whether neither
    type nor volume matters. A vehicle that volume does not limit still carries no more of it
    than a full load of the bulkiest goods has.
    """
    supplies = goods.supplies
    fleets = supplies.fleets.reset_index(names="fleet")
    by = ["depot", "mode"]
    weight, volume = (supplies.commodities[name].to_numpy(float) for name in ("weight_t", "volume_m3"))
    bulk = np.divide(volume, weight, out=np.where(volume > 0, np.inf, 0.0), where=weight > 0).max(initial=0.0)
    counted = np.isfinite(fleets["payload_m3"]).groupby([fleets[key] for key in by]).transform("any")
    counted &= bulk > 0
    by_weight = fleets["payload_t"] * bulk
    payload = fleets["payload_m3"].where(np.isfinite(fleets["payload_m3"]), by_weight)
    fleets["limited"] = np.isfinite(fleets["payload_m3"]) & counted
    fleets["payload_m3"] = payload.where(counted, np.inf)
    fleets["alone"] = (fleets.groupby(by)["fleet"].transform("size") == 1) & ~counted
    routes = supplies.routes[supplies.routes["fleet"].astype(bool)].reset_index(names="route")
    routes = routes[["route", "origin", "mode", "hours"]].rename(columns={"origin": "depot", "hours": "way"})
    lines = routes.merge(fleets, on=by)
    lines["trip"] = 2 * lines["way"]
    columns = [
        "route",
        "fleet",
        "payload_t",
        "payload_m3",
        "limited",
        "trip",
        "hours",
        "cost_per_hour",
        "alone",
    ]
    return lines[columns]


def _add_alone(assembly: Assembly, goods: Goods, lines: pd.DataFrame) -> None:
    """Add the hours of fleets of one type: so many a tonne."""
    lines = lines.assign(each=goods.tonnes(lines) * lines["trip"] / lines["payload_t"])
    paying = _paying(goods, lines[["period", "origin", "destination", "sent"]])
    assembly.charge("transport", paying, column="sent", rate=lines["cost_per_hour"] * lines["each"])
    timed = lines["each"].to_numpy() > 0
    _add_hours(assembly, goods, lines[["fleet", "period", "each", "sent"]][timed], "sent")


def _add_hours(assembly: Assembly, goods: Goods, lines: pd.DataFrame, column: str) -> None:
    """Add that vehicles drive no more hours than they have."""
    fleets = goods.supplies.fleets
    numbers, keys = grouped(lines, ["fleet", "period"])
    fleet = fleets.iloc[keys["fleet"]].reset_index(drop=True)
    labels = assembly.labelled(keys.assign(depot=fleet["depot"])[["depot", "period"]])
    labels = labels.assign(vehicle=fleet["vehicle"], mode=fleet["mode"])
    rows = assembly.builder.rows(FAMILY, "S3_hours", labels, upper=fleet["hours"])
    assembly.builder.entries(rows[numbers], lines[column], lines["each"])


def _add_loads(assembly: Assembly, goods: Goods, lines: pd.DataFrame) -> None:
    """Add the loads of each type of vehicle where there is a choice, or where volume counts."""
    builder = assembly.builder
    numbers, loads = grouped(lines, ["route", "period", "fleet"])
    loads = loads.merge(vehicles(goods), on=["route", "fleet"], how="left")
    weight, volume = goods.tonnes(lines), goods.cubic_metres(lines)
    needed = np.divide(lines["upper"] * weight, lines["payload_t"])
    needed = np.maximum(needed, np.where(volume > 0, lines["upper"] * volume / lines["payload_m3"], 0.0))
    most = np.bincount(numbers, weights=needed, minlength=len(loads))
    in_hours = np.divide(
        loads["hours"], loads["trip"], out=np.full(len(loads), np.inf), where=loads["trip"] > 0
    )
    ends = {name: goods.of_route(name, loads["route"]) for name in ("origin", "destination")}
    labels = route_labels(assembly, goods, loads)
    labels["vehicle"] = goods.supplies.fleets["vehicle"].to_numpy()[loads["fleet"]]
    loads["driven"] = builder.columns(
        FAMILY, "driven", labels, upper=np.minimum(most, in_hours), block=goods.block(ends["destination"])
    )
    paying = _paying(goods, loads.assign(**ends))
    assembly.charge("transport", paying, column="driven", rate=loads["cost_per_hour"] * loads["trip"])
    _add_hours(assembly, goods, loads.assign(each=loads["trip"])[loads["trip"] > 0], "driven")

    numbers, trips = grouped(loads, ["route", "period"])
    labels = route_labels(assembly, goods, trips)
    for measure, each in (("t", goods.tonnes), ("m3", goods.cubic_metres)):
        payload = loads[f"payload_{measure}"].to_numpy(float)
        limited = np.ones(len(trips), dtype=bool)
        limited[numbers[~np.isfinite(payload)]] = False
        rows = np.full(len(trips), -1)
        rows[limited] = builder.rows(FAMILY, f"S3_loads_{measure}", labels[limited], upper=0)
        if not limited.any():
            continue
        carrying = limited[numbers]
        builder.entries(rows[numbers[carrying]], loads["driven"][carrying], -payload[carrying])
        carried = goods.sent.merge(trips.assign(row=rows), on=["route", "period"])
        carried = carried[carried["row"] >= 0]
        builder.entries(carried["row"], carried["sent"], each(carried))
    goods.driven = loads
