"""The tables of the family as integer-coded frames: what enters, what moves, and who takes it.

Places are coded depots first, then sites. Goods that may be given out after the end of the mission, and as
long beyond it as any stock target asks, are alike: their expiry is ``never``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pklogistics.instance.supplies_transport import LOCAL
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.model.sets import BLANK, Sets
from pklogistics.model.supplies import recipes
from pklogistics.model.supplies.distances import hours_one_way

STOCK, PLEDGE, PURCHASE = range(3)
"""How goods enter a depot."""

ANY, UNESCORTED = range(2)
"""Cargo classes: for organisations that accept armed escort, and for those that do not."""

IN_GOODS = ("in_kind", "service")
"""Modalities in which people take the goods of an activity."""


@dataclass(frozen=True)
class Supplies:
    """The coded tables of family supplies. Each is computed when first asked for, and never changed."""

    sets: Sets

    @property
    def T(self) -> int:  # noqa: N802  # The symbol of the equations.
        """Number of periods."""
        return self.sets.mission.T

    @property
    def depot_count(self) -> int:
        """Number of depots: a place is a site if its code is not below it."""
        return self.sets.names.count("depot")

    @cached_property
    def commodities(self) -> pd.DataFrame:
        """Commodities in order: weight_t, volume_m3, price, life (inf: for ever), ration.

        ``ration`` is the largest amount that a recipe gives to one person, in units; 1 without a recipe.
        """
        frame = self.sets.mission.frame("commodities")
        table = self.sets.mission.frame("recipes")
        ration = np.zeros(len(frame))
        at = self.sets.names.codes("commodity", table["commodity"])
        np.maximum.at(ration, at, table["per_person"].to_numpy(float))
        return pd.DataFrame(
            {
                "weight_t": frame["weight_t"].astype(float),
                "volume_m3": frame["volume_m3"].astype(float),
                "price": frame["price"].astype(float),
                "life": frame["shelf_life"].astype(float).fillna(np.inf),
                "ration": np.where(ration > 0, ration, 1.0),
            }
        )

    @cached_property
    def targets(self) -> pd.DataFrame:
        """Stock targets by period: depot, commodity, period, min_quantity, min_life; only what asks."""
        frame = self.sets.mission.by_period("stock_targets").drop(columns="row")
        frame = frame[frame["min_quantity"] > 0].reset_index(drop=True)
        for kind in ("depot", "commodity"):
            frame[kind] = self.sets.names.codes(kind, frame[kind])
        return frame

    @cached_property
    def _endless(self) -> Ints:
        """First expiry by commodity that counts as never: no target asks for goods that keep longer."""
        table = self.sets.mission.frame("stock_targets")
        lives = np.zeros(len(self.commodities), dtype=np.int64)
        np.maximum.at(lives, self.sets.names.codes("commodity", table["commodity"]), table["min_life"])
        return self.T + np.maximum(lives, 1)

    @cached_property
    def never(self) -> int:
        """The expiry of goods that outlast the mission: after every other."""
        return int(self._endless.max(initial=self.T)) + 1

    def capped(self, commodity: Ints, expires: Floats) -> Ints:
        """Return periods of expiry, ``never`` where they lie beyond what can matter."""
        known = np.minimum(expires, self.never)
        return np.where(expires >= self._endless[commodity], self.never, known).astype(np.int64)

    @cached_property
    def depots(self) -> pd.DataFrame:
        """Depots in order: site and organisation (or BLANK), limits (inf: none), costs, ``closable``."""
        mission, names = self.sets.mission, self.sets.names
        frame = mission.frame("depots")
        limits = ("capacity_t", "capacity_m3", "throughput_t")
        capped = mission.header.policy.max_open_depots is not None
        depots = pd.DataFrame(
            {
                "site": names.codes("site", frame["site"]),
                "organisation": names.codes("organisation", frame["organisation"]),
                **{name: frame[name].astype(float).fillna(np.inf) for name in limits},
                "opening_cost": frame["opening_cost"].astype(float),
                "cost_per_period": frame["cost_per_period"].astype(float),
            }
        )
        depots["closable"] = capped | (depots["opening_cost"] > 0) | (depots["cost_per_period"] > 0)
        return depots

    @cached_property
    def stock(self) -> pd.DataFrame:
        """Initial stock: depot, commodity, expires, quantity; what has expired before period 1 has 0."""
        names = self.sets.names
        frame = self.sets.mission.frame("stock")
        frame = frame[frame["quantity"] > 0]
        commodity = names.codes("commodity", frame["commodity"])
        as_if_new = pd.Series(self.commodities["life"].to_numpy(float)[commodity], frame.index)
        expires = frame["expires"].fillna(as_if_new)
        coded = pd.DataFrame(
            {
                "depot": names.codes("depot", frame["depot"]),
                "commodity": commodity,
                "expires": self.capped(commodity, np.maximum(expires.to_numpy(float), 0.0)),
                "quantity": frame["quantity"].to_numpy(float),
            }
        )
        total: pd.DataFrame = coded.groupby(["depot", "commodity", "expires"], as_index=False).sum()
        return total

    @cached_property
    def entries(self) -> pd.DataFrame:
        """Entries: source, depot, commodity, ordered, period (of arrival), expires, quantity, price.

        ``quantity`` is the stock, the pledge or the most that can be bought (inf: no limit); ``row`` is the
        row in supplies, BLANK for stock. What arrives after the mission is left out.
        """
        stock = self.stock[self.stock["expires"] >= 1]
        stock = stock.assign(source=STOCK, ordered=1, period=1, price=0.0, row=BLANK)
        offers = self._offers()
        pledged = offers[offers["pledged"] > 0]
        bought = offers[offers["max_quantity"] > 0]
        parts = [
            stock,
            pledged.assign(source=PLEDGE, quantity=pledged["pledged"], price=0.0),
            bought.assign(source=PURCHASE, quantity=bought["max_quantity"]),
        ]
        columns = ["source", "depot", "commodity", "ordered", "period", "expires", "quantity", "price", "row"]
        entries = pd.concat([part[columns] for part in parts], ignore_index=True)
        whole = ["source", "depot", "commodity", "ordered", "period", "expires", "row"]
        return entries.astype(dict.fromkeys(whole, np.int64))

    def _offers(self) -> pd.DataFrame:
        """Return the rows of supplies that arrive within the mission, coded, by period of ordering."""
        names = self.sets.names
        frame = self.sets.mission.by_period("supplies").rename(columns={"period": "ordered"})
        frame["period"] = frame["ordered"] + frame["lead_time"]
        frame = frame[frame["period"] <= self.T].reset_index(drop=True)
        frame["depot"] = names.codes("depot", frame["depot"])
        commodity = names.codes("commodity", frame["commodity"])
        goods = self.commodities.iloc[commodity].reset_index(drop=True)
        frame["price"] = frame["price"].astype(float).fillna(goods["price"])
        frame["max_quantity"] = frame["max_quantity"].astype(float).fillna(np.inf)
        last = frame["period"].to_numpy(float) + goods["life"].to_numpy(float) - 1
        frame["expires"] = self.capped(commodity, last)
        return frame.assign(commodity=commodity)

    @cached_property
    def routes(self) -> pd.DataFrame:
        """Routes that can be used, and handovers where depots stand at sites (mode local).

        Columns origin and destination (places), mode (text), lead_time, first, last (periods), escort,
        cost_per_t, capacity_t (inf: none), opening_cost, ``fleet`` (driven by vehicles of the origin) and
        hours one way (NaN where no fleet drives). The index is the row in routes; handovers follow.
        """
        names = self.sets.names
        frame = self.sets.mission.frame("routes")
        routes = pd.DataFrame(
            {
                "origin": names.codes("depot", frame["origin"]),
                "destination": names.codes("place", frame["destination"]),
                "mode": frame["mode"].astype(str),
                "lead_time": frame["lead_time"],
                "first": np.maximum(frame["from"], 1),
                "last": np.minimum(frame["until"], self.T),
                "escort": frame["escort"],
                "cost_per_t": frame["cost_per_t"],
                "capacity_t": frame["capacity_t"].astype(float).fillna(np.inf),
                "opening_cost": frame["opening_cost"],
            }
        )
        whole = self.sets.mission.frame("fleets").groupby(["depot", "mode"])["count"].sum()
        driven = pd.MultiIndex.from_frame(frame[["origin", "mode"]])
        routes["fleet"] = driven.isin(whole.index)
        idle = driven.isin(whole.index[whole == 0])
        routes["hours"] = hours_one_way(self.sets, routes["fleet"].to_numpy(bool))
        usable = routes[(routes["capacity_t"] > 0) & ~idle]
        return pd.concat([usable, self._handovers(len(frame))])

    def _handovers(self, start: int) -> pd.DataFrame:
        standing = np.flatnonzero(self.depots["site"] != BLANK)
        return pd.DataFrame(
            {
                "origin": standing,
                "destination": self.depot_count + self.depots["site"].to_numpy()[standing],
                "mode": LOCAL,
                "lead_time": 0,
                "first": 1,
                "last": self.T,
                "escort": False,
                "cost_per_t": 0.0,
                "capacity_t": np.inf,
                "opening_cost": 0.0,
                "fleet": False,
                "hours": np.nan,
            },
            index=start + np.arange(len(standing)),
        )

    @cached_property
    def fleets(self) -> pd.DataFrame:
        """Vehicles: depot, vehicle, mode (text), payload_t, payload_m3 (inf: none), hours, cost_per_hour."""
        frame = self.sets.mission.frame("fleets")
        frame = frame[frame["count"] > 0].reset_index(drop=True)
        return pd.DataFrame(
            {
                "depot": self.sets.names.codes("depot", frame["depot"]),
                "vehicle": frame["vehicle"].astype(str),
                "mode": frame["mode"].astype(str),
                "payload_t": frame["payload_t"].astype(float),
                "payload_m3": frame["payload_m3"].astype(float).fillna(np.inf),
                "hours": frame["count"] * frame["hours_per_period"].astype(float),
                "cost_per_hour": frame["cost_per_hour"].astype(float),
            }
        )

    @cached_property
    def nutrients(self) -> pd.Index:
        """The names of the nutrients that anything requires, in order of their numbers."""
        return recipes.nutrients(self.sets)

    @cached_property
    def requirements(self) -> pd.DataFrame:
        """Requirements of baskets: see `recipes.requirements`."""
        return recipes.requirements(self.sets, self.nutrients)

    @cached_property
    def contents(self) -> pd.DataFrame:
        """What goods hold of the nutrients required: see `recipes.contents`."""
        return recipes.contents(self.sets, self.nutrients)

    @cached_property
    def takes(self) -> pd.DataFrame:
        """What an activity takes of each commodity: see `recipes.takes`."""
        return recipes.takes(self.sets, self.requirements, self.contents)

    @cached_property
    def takes_goods(self) -> Bools:
        """Say which activities cannot be had in kind or as a service without goods, shape (activities,)."""
        result = np.zeros(self.sets.names.count("activity"), dtype=bool)
        result[self.takes["activity"]] = True
        result[self.requirements["activity"]] = True
        return result

    @cached_property
    def in_goods(self) -> Bools:
        """Say which capability rows hand out goods, shape (capabilities,)."""
        rows = self.sets.capabilities
        by_hand = rows["modality"].isin(IN_GOODS).to_numpy(bool)
        return np.asarray(by_hand & self.takes_goods[rows["activity"]], dtype=bool)

    @cached_property
    def cargo_of(self) -> Ints:
        """Return the cargo class of each organisation: ANY for all unless someone's goods must be apart."""
        refuses = ~self.sets.organisations["accepts_armed_escort"].to_numpy(bool)
        guarded = bool(self.sets.mission.frame("routes")["escort"].any())
        delivering = np.zeros(len(refuses), dtype=bool)
        delivering[self.sets.capabilities["organisation"].to_numpy()[self.in_goods]] = True
        apart = guarded and bool((refuses & delivering).any())
        return np.where(refuses & apart, UNESCORTED, ANY).astype(np.int64)

    @property
    def cargo_count(self) -> int:
        """Number of cargo classes: 1, or 2 if some goods must never ride under escort."""
        return int(self.cargo_of.max(initial=ANY)) + 1

    def storable(self, commodity: Ints, weigh: Floats, fill: Floats) -> Bools:
        """Say what can stay where there is room for ``weigh`` tonnes and ``fill`` cubic metres."""
        goods = self.commodities
        weight, volume = goods["weight_t"].to_numpy()[commodity], goods["volume_m3"].to_numpy()[commodity]
        room = ((weigh > 0) | (weight <= 0)) & ((fill > 0) | (volume <= 0))
        return np.asarray(room & ((weigh > 0) | (fill > 0)), dtype=bool)
