"""From a plan's tables of goods back to the columns of their flow."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.build import Model
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK, CARGOES, Sets
from pklogistics.model.spread import coded, put
from pklogistics.model.supplies.decode import SOURCES
from pklogistics.model.supplies.goods import Goods
from pklogistics.plan import Plan

_LOT = ("commodity", "cargo", "expires", "period")


def encode_goods(model: Model, plan: Plan, x: Floats) -> None:
    """Put what a plan buys, takes in, sends, keeps and gives into its columns, in place.

    Depots and routes are taken to be open wherever they can be; settling closes those that nothing passes.
    """
    goods = model.assembly.goods
    assert goods is not None, "asked for only in missions with goods"
    _encode_entries(model, goods, plan, x)
    _encode_flow(model, goods, plan, x)
    _encode_gifts(model, goods, x)
    _encode_loads(model, goods, plan, x)
    _encode_openings(model, goods, plan, x)


def _lots(goods: Goods, sets: Sets, table: pd.DataFrame, **kinds: str) -> pd.DataFrame:
    """Return a table with codes: of its commodity, its cargo, its expiry (blank: never) and these labels."""
    frame = coded(sets, table, commodity="commodity", **kinds)
    if "cargo" in frame:
        frame["cargo"] = pd.Index(CARGOES).get_indexer(pd.Index(frame["cargo"]))
    if "expires" in frame:
        frame["expires"] = frame["expires"].fillna(goods.supplies.never).astype(np.int64)
    return frame


def _encode_entries(model: Model, goods: Goods, plan: Plan, x: Floats) -> None:
    sets, upper = model.assembly.sets, model.program.col_upper
    suppliers = np.append(sets.mission.frame("supplies")["supplier"].to_numpy(dtype=object), "")

    def named(frame: pd.DataFrame) -> pd.DataFrame:
        row = goods.supplies.entries["row"].to_numpy(np.int64)[frame["entry"].to_numpy(np.int64)]
        return frame.assign(supplier=suppliers[row].astype(str))

    bought = named(goods.bought).rename(columns={"ordered": "period", "period": "arrives"})
    table = _lots(goods, sets, plan.tables["purchases"], depot="depot")
    keys = ("depot", "commodity", "supplier", "period", "arrives", "cargo")
    put(x, bought, "bought", table, "quantity", keys, upper)
    table = _lots(goods, sets, plan.tables["intake"], depot="depot")
    table["source"] = pd.Index(SOURCES).get_indexer(pd.Index(table["source"]))
    marks = ("depot", "commodity", "source", "supplier", "period", "cargo", "expires")
    put(x, named(goods.taken), "taken", table[table["quantity"] > 0], "quantity", marks, upper)


def _encode_flow(model: Model, goods: Goods, plan: Plan, x: Floats) -> None:
    sets, upper = model.assembly.sets, model.program.col_upper
    mode = goods.supplies.routes["mode"].reindex(goods.sent["route"]).astype(str).to_numpy()
    table = _lots(goods, sets, plan.tables["shipments"], origin="place", destination="place")
    keys = ("origin", "destination", "mode", *_LOT, "arrives")
    put(x, goods.sent.assign(mode=mode), "sent", table, "quantity", keys, upper)
    table = _lots(goods, sets, plan.tables["inventory"], place="place")
    put(x, goods.on_hand, "on_hand", table, "quantity", ("place", *_LOT))
    table = _lots(goods, sets, plan.tables["expiries"], place="place")
    put(x, goods.expired, "expired", table, "quantity", ("place", "commodity", "cargo", "period"))
    if len(goods.portions):
        table = _lots(goods, sets, plan.tables["distributions"], site="site", activity="activity")
        chosen = goods.portions[goods.portions["portion"] != BLANK]
        put(x, chosen, "portion", table, "quantity", ("site", "activity", "commodity", "cargo", "period"))


def _encode_gifts(model: Model, goods: Goods, x: Floats) -> None:
    """Give from a shelf what came to it and neither stays nor expires: what its balance (S1) says."""
    if goods.given.empty:
        return
    columns = goods.given["given"].to_numpy(np.int64)
    x[columns] = 0.0
    rows = goods.rows[goods.given["tail"].to_numpy(np.int64)]
    x[columns] = np.maximum(model.program.matrix[rows] @ x, 0.0)


def _encode_loads(model: Model, goods: Goods, plan: Plan, x: Floats) -> None:
    """Put the loads of vehicles, where types can be chosen: their hours, or what they carry."""
    if not len(goods.driven):
        return
    sets, driven = model.assembly.sets, goods.driven.reset_index(drop=True)
    route = goods.supplies.routes.loc[driven["route"]].reset_index(drop=True)
    kept = ["fleet", "period", "payload_t", "payload_m3", "limited", "trip", "driven"]
    lines = driven[kept].assign(
        depot=route["origin"],
        destination=route["destination"],
        mode=route["mode"].astype(str),
        vehicle=goods.supplies.fleets["vehicle"].to_numpy()[driven["fleet"]].astype(str),
    )
    table = coded(sets, plan.tables["vehicles"], depot="place", destination="place")
    keys = ["depot", "destination", "mode", "vehicle", "period"]
    used = table.groupby(keys, as_index=False)[["tonnes", "volume_m3", "hours"]].sum()
    lines = lines.merge(used, on=keys)
    by_volume = np.where(lines["limited"], lines["volume_m3"] / lines["payload_m3"], 0.0)
    carried = np.maximum(lines["tonnes"] / lines["payload_t"], by_volume)
    loads = np.where(lines["trip"] > 0, lines["hours"] / lines["trip"].where(lines["trip"] > 0, 1.0), carried)
    x[lines["driven"].to_numpy(np.int64)] = loads


def _encode_openings(model: Model, goods: Goods, plan: Plan, x: Floats) -> None:
    sets = model.assembly.sets
    x[goods.running["running"].to_numpy(np.int64)] = 1.0
    x[goods.roads["open"].to_numpy(np.int64)] = 1.0
    table = coded(sets, plan.tables["openings"], origin="place", destination="place").assign(there=1.0)
    depots = table[table["kind"] == "depot"].rename(columns={"origin": "depot"})
    costly = goods.running[goods.running["opened"] != BLANK]
    put(x, costly, "opened", depots, "there", ("depot", "period"))
    roads = goods.roads[goods.roads["opened"] != BLANK]
    route = goods.supplies.routes.loc[roads["route"]].reset_index(drop=True)
    roads = roads.reset_index(drop=True).assign(
        origin=route["origin"], destination=route["destination"], mode=route["mode"].astype(str)
    )
    routes = table[table["kind"] == "route"]
    put(x, roads, "opened", routes, "there", ("origin", "destination", "mode", "period"))
