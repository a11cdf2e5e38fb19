"""From a settled point to the tables of a plan that follow goods from port to person."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.labels import labels
from pklogistics.model.program import Floats, Ints
from pklogistics.model.sets import BLANK, CARGOES
from pklogistics.model.supplies.distributions import distributions
from pklogistics.model.supplies.goods import Goods
from pklogistics.model.supplies.settle import LEAST_RATION
from pklogistics.model.supplies.tables import STOCK
from pklogistics.model.supplies.vehicles import carried

SOURCES = np.array(["stock", "pledge"], dtype=object)


def decode_goods(assembly: Assembly, x: Floats) -> dict[str, pd.DataFrame]:
    """Return the tables of goods; none in a mission without supplies."""
    goods = assembly.goods
    if goods is None:
        return {}
    return {
        "purchases": _purchases(assembly, goods, x),
        "intake": _intake(assembly, goods, x),
        "shipments": _shipments(assembly, goods, x),
        "inventory": _rest(assembly, goods, x, goods.on_hand, "on_hand"),
        "distributions": distributions(assembly, goods, x),
        "expiries": _rest(assembly, goods, x, goods.expired, "expired").drop(columns="expires"),
        "vehicles": _vehicles(assembly, goods, x),
        "escorts": _escorts(assembly, goods, x),
        "openings": _openings(assembly, goods, x),
    }


def _named(assembly: Assembly, goods: Goods, frame: pd.DataFrame, **kinds: str) -> pd.DataFrame:
    """Return a frame with labels for codes: commodity, cargo, expires (blank for never), and these keys."""
    named: dict[str, Any] = {key: labels(assembly.sets, kind, frame[key]) for key, kind in kinds.items()}
    named["commodity"] = labels(assembly.sets, "commodity", frame["commodity"])
    if "cargo" in frame:
        named["cargo"] = np.array(CARGOES, dtype=object)[frame["cargo"]]
    if "expires" in frame:
        never = frame["expires"] >= goods.supplies.never
        named["expires"] = frame["expires"].astype(float).where(~never)
    return frame.assign(**named)


def _purchases(assembly: Assembly, goods: Goods, x: Floats) -> pd.DataFrame:
    frame = goods.bought.assign(quantity=x[goods.bought["bought"]])
    frame = frame[frame["quantity"] > 0]
    entry = goods.supplies.entries.iloc[frame["entry"]]
    frame = frame.assign(
        supplier=_suppliers(assembly, entry["row"].to_numpy()),
        arrives=frame["period"],
        period=frame["ordered"],
        cost=frame["quantity"] * entry["price"].to_numpy(),
    )
    named = _named(assembly, goods, frame, depot="depot")
    columns = ["depot", "commodity", "supplier", "period", "arrives", "cargo", "quantity", "cost"]
    return named[columns].reset_index(drop=True)


def _suppliers(assembly: Assembly, rows: Ints) -> np.ndarray:
    names = assembly.mission.frame("supplies")["supplier"].to_numpy(dtype=object)
    return np.append(names, "")[rows]


def _intake(assembly: Assembly, goods: Goods, x: Floats) -> pd.DataFrame:
    """Return stock and pledges taken in, with what is declined of them in one row of their classes."""
    taken = goods.taken.assign(taken=x[goods.taken["taken"]])
    total = taken.groupby("entry")["taken"].transform("sum")
    first = ~taken.duplicated("entry")
    ration = goods.supplies.commodities["ration"].to_numpy(float)[taken["commodity"]]
    missing = (taken["quantity"] - total).where(first, 0.0)
    dust = LEAST_RATION * np.maximum(ration, taken["quantity"])
    taken = taken.assign(declined=missing.where(missing > dust, 0.0))
    entry = goods.supplies.entries.iloc[taken["entry"]]
    taken["supplier"] = _suppliers(assembly, entry["row"].to_numpy())
    taken["quantity"] = taken["taken"]
    frame = pd.concat([taken, _spoilt(goods)], ignore_index=True)
    frame["source"] = SOURCES[frame["source"].to_numpy(np.int64)]
    by = ["depot", "commodity", "source", "supplier", "period", "cargo", "expires"]
    frame = frame.groupby(by, as_index=False)[["quantity", "declined"]].sum()
    frame = frame[(frame["quantity"] > 0) | (frame["declined"] > 0)].reset_index(drop=True)
    return _named(assembly, goods, frame, depot="depot")[[*by, "quantity", "declined"]]


def _spoilt(goods: Goods) -> pd.DataFrame:
    """Return the stock that has expired before the mission begins."""
    stock = goods.supplies.stock
    stock = stock[stock["expires"] < 1]
    declined = stock["quantity"]
    return stock.assign(source=STOCK, supplier="", period=1, cargo=0, quantity=0.0, declined=declined)


def _shipments(assembly: Assembly, goods: Goods, x: Floats) -> pd.DataFrame:
    frame = goods.sent.assign(quantity=x[goods.sent["sent"]])
    frame = frame[frame["quantity"] > 0]
    frame = frame.assign(
        mode=goods.supplies.routes["mode"].reindex(frame["route"]).to_numpy(),
        tonnes=frame["quantity"] * goods.tonnes(frame),
    )
    named = _named(assembly, goods, frame, origin="place", destination="place")
    keys = ["origin", "destination", "mode", "commodity", "cargo", "period", "arrives", "expires"]
    return named[[*keys, "quantity", "tonnes"]].reset_index(drop=True)


def _rest(assembly: Assembly, goods: Goods, x: Floats, rest: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return what is on hand, or has expired, at the end of periods."""
    frame = rest.assign(quantity=x[rest[column]])
    frame = frame[frame["quantity"] > 0]
    frame = frame.assign(tonnes=frame["quantity"] * goods.tonnes(frame))
    named = _named(assembly, goods, frame, place="place")
    keys = ["place", "commodity", "cargo", "expires", "period"]
    return named[[*keys, "quantity", "tonnes"]].reset_index(drop=True)


def _vehicles(assembly: Assembly, goods: Goods, x: Floats) -> pd.DataFrame:
    lines = carried(goods, x)
    lines = lines[(lines["tonnes"] > 0) | (lines["volume_m3"] > 0)].reset_index(drop=True)
    route = goods.supplies.routes.loc[lines["route"]]
    return pd.DataFrame(
        {
            "depot": labels(assembly.sets, "place", route["origin"]),
            "vehicle": goods.supplies.fleets["vehicle"].to_numpy()[lines["fleet"]],
            "mode": route["mode"].to_numpy(),
            "period": lines["period"],
            "destination": labels(assembly.sets, "place", route["destination"]),
            "tonnes": lines["tonnes"],
            "volume_m3": lines["volume_m3"],
            "hours": lines["used"],
        }
    )


def _escorts(assembly: Assembly, goods: Goods, x: Floats) -> pd.DataFrame:
    """Return units on escort duty; the tonnes of a period go to them in order, as far as each can escort."""
    units, frame = assembly.mission.frame("units"), assembly.escorts
    frame = frame.assign(count=np.round(x[frame["on_escort"].to_numpy(np.int64)]))
    frame = frame[frame["count"] > 0].sort_values(["period", "unit"], ignore_index=True)
    guarded = goods.supplies.routes["escort"].reindex(goods.sent["route"]).to_numpy(bool)
    sent = goods.sent[guarded]
    weight = np.zeros(assembly.mission.T + 1)
    np.add.at(weight, sent["period"].to_numpy(np.int64), x[sent["sent"]] * goods.tonnes(sent))
    able = frame["count"] * units["escort_t"].to_numpy(float)[frame["unit"]]
    before = able.groupby(frame["period"]).cumsum() - able
    left = (weight[frame["period"]] - before).clip(lower=0.0)
    # Rounding may leave a little more than all of them can escort: the last of a period takes it.
    last = ~frame.duplicated("period", keep="last")
    return pd.DataFrame(
        {
            "unit": labels(assembly.sets, "unit", frame["unit"]),
            "period": frame["period"],
            "count": frame["count"],
            "persons": units["persons"].to_numpy(float)[frame["unit"]] * frame["count"],
            "tonnes": left.where(last, np.minimum(left, able)),
        }
    )


def _openings(assembly: Assembly, goods: Goods, x: Floats) -> pd.DataFrame:
    """Return the depots in use that could be closed, and the routes opened."""
    supplies = goods.supplies
    depots = _first(goods.running, "depot", "running", x)
    roads = _first(goods.roads, "route", "open", x)
    route = supplies.routes.loc[roads["route"]]
    parts = [
        pd.DataFrame(
            {
                "kind": "depot",
                "origin": labels(assembly.sets, "depot", depots["depot"]),
                "destination": "",
                "mode": "",
                "period": depots["period"].to_numpy(),
                "cost": supplies.depots["opening_cost"].to_numpy(float)[depots["depot"]],
            }
        ),
        pd.DataFrame(
            {
                "kind": "route",
                "origin": labels(assembly.sets, "place", route["origin"]),
                "destination": labels(assembly.sets, "place", route["destination"]),
                "mode": route["mode"].to_numpy(),
                "period": roads["period"].to_numpy(),
                "cost": route["opening_cost"].to_numpy(),
            }
        ),
    ]
    return pd.concat(parts, ignore_index=True)


def _first(frame: pd.DataFrame, key: str, column: str, x: Floats) -> pd.DataFrame:
    """Return in which period each is opened; where that is free, when it is first used."""
    x = np.append(x, 0.0)
    used = x[frame[column].to_numpy(np.int64)] > 0.5
    opening = (frame["opened"] != BLANK).to_numpy() & (x[frame["opened"].to_numpy(np.int64)] > 0.5)
    first: pd.DataFrame = frame[used | opening].groupby(key, as_index=False)["period"].min()
    return first.sort_values(key, ignore_index=True)
