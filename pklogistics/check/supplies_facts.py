"""Family supplies, what the mission says: goods, depots, routes, fleets and offers, coded.

``last`` is the last period in which goods may be given out. Goods that outlive the mission, and the longest
``min_life`` that a stock target asks of them beyond it, are alike: their ``last`` is ``endless``, the number
of periods plus that ``min_life`` or 1, and they never expire.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.facts import WITH_GOODS, Facts
from pklogistics.check.geography import distance_km, measured
from pklogistics.check.matching import fold, look_up, occurs, total
from pklogistics.check.names import BLANK, CARGO, Codes, at

WAY = ["origin", "destination", "mode"]
LOT = ["commodity", "cargo", "last"]
"""Goods that are alike: of one commodity, one cargo class, and good until the same period."""
ENDS = ["origin", "destination"]


@dataclass(frozen=True)
class Life:
    """How long goods are good: ``shelf_life`` (periods, NaN for ever) and ``endless``, by commodity."""

    shelf_life: NDArray[np.float64]
    endless: NDArray[np.int64]

    def last(self, commodities: Codes, expires: NDArray[np.float64]) -> Codes:
        """Return the last period of use of goods that expire so; NaN is never."""
        endless = self.endless[commodities]
        stated = np.where(np.isnan(expires), np.inf, expires)
        return np.clip(stated, 0, endless).astype(np.int64)

    def of_arrivals(self, commodities: Codes, arrives: Codes) -> Codes:
        """Return the last period of use of goods that enter in these periods."""
        return self.last(commodities, arrives + self.shelf_life[commodities] - 1)

    def perishes(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Tell for each row, with commodity and last, whether such goods can expire in the mission."""
        perishable: NDArray[np.bool_] = rows["last"].to_numpy() < self.endless[rows["commodity"].to_numpy()]
        return perishable


@dataclass(frozen=True)
class Supply:
    """What the mission says of supplies.

    ``commodities``, ``depots`` and ``routes`` have a row for each code. ``depots`` has the codes of its
    ``site`` and ``organisation``. ``routes`` has ``origin`` and ``destination`` (places), ``mode``, ``hours``
    (one way), ``driven`` (a fleet drives it), ``organisation`` (whose the origin is) and ``site`` (where it
    leads). ``offers`` are the supplies by period, with ``arrives`` and ``price`` filled in, ``stock`` is what
    is on hand at the start, by depot, commodity and last. ``cargo_of`` is the class of goods that each
    organisation hands out; ``with_goods`` tells which modalities do.
    """

    commodities: pd.DataFrame
    depots: pd.DataFrame
    routes: pd.DataFrame
    fleets: pd.DataFrame
    offers: pd.DataFrame
    stock: pd.DataFrame
    life: Life
    cargo_of: Codes
    with_goods: NDArray[np.bool_]
    sites: int

    def place(self, depots: Codes) -> Codes:
        """Return the places of depots; the place of a site is its own code."""
        places: Codes = depots + self.sites
        return places

    def depot(self, places: Codes) -> Codes:
        """Return the depots of places; BLANK for sites."""
        return np.where(places >= self.sites, places - self.sites, BLANK)

    def site(self, places: Codes) -> Codes:
        """Return the site of each place; BLANK for a depot that stands at none."""
        own = at(self.depots["site"].to_numpy(), self.depot(places), BLANK)
        return np.where(places < self.sites, places, own)

    def each(self, column: str, commodities: Codes) -> NDArray[np.float64]:
        """Return a number of the table of commodities for each code."""
        values: NDArray[np.float64] = self.commodities[column].to_numpy(dtype=float)[commodities]
        return values

    def route(self, frame: pd.DataFrame) -> Codes:
        """Return the route that is open in the period of each row, on its way; BLANK if there is none."""
        if self.routes.empty:
            return np.full(len(frame), BLANK, dtype=np.int64)
        begins = self.routes[WAY].assign(period=self.routes["from"])
        wanted, offered = fold([frame, begins], [*WAY, "period"])
        way, way_of_route = fold([frame, begins], WAY)
        # Routes of one way are open one after the other: only the last that has begun can be open.
        order = np.argsort(offered, kind="stable")
        found = order[np.maximum(np.searchsorted(offered[order], wanted, side="right") - 1, 0)]
        period = frame["period"].to_numpy()
        begin, until = (self.routes[name].to_numpy()[found] for name in ("from", "until"))
        there = (way_of_route[found] == way) & (begin <= period) & (period <= until)
        return np.where(there, found, BLANK)


def read_supply(facts: Facts) -> Supply:
    """Read the mission's tables of supplies."""
    depots = facts.mission.frame("depots")
    depots = depots.assign(
        site=facts.site_of_depot,
        organisation=facts.names.code("organisation", depots["organisation"]),
    )
    life = _life(facts)
    return Supply(
        commodities=facts.commodities,
        depots=depots,
        routes=_routes(facts, depots),
        fleets=facts.table("fleets"),
        offers=_offers(facts),
        stock=_stock(facts, life),
        life=life,
        cargo_of=_cargo_of(facts),
        with_goods=np.asarray(facts.names.known["modality"].isin(WITH_GOODS), dtype=bool),
        sites=len(facts.sites),
    )


def _life(facts: Facts) -> Life:
    targets = facts.table("stock_targets")
    beyond = np.zeros(len(facts.commodities), dtype=np.int64)
    np.maximum.at(beyond, targets["commodity"].to_numpy(), targets["min_life"].to_numpy(dtype=np.int64))
    shelf_life = facts.commodities["shelf_life"].to_numpy(dtype=float)
    return Life(shelf_life=shelf_life, endless=facts.periods + np.maximum(beyond, 1))


def _routes(facts: Facts, depots: pd.DataFrame) -> pd.DataFrame:
    routes = facts.table("routes")
    sites = len(facts.sites)
    fleets = facts.table("fleets")
    fleets = fleets.assign(origin=fleets["depot"] + sites)
    owner = depots["organisation"].to_numpy()
    stands = np.append(np.arange(sites), depots["site"].to_numpy())
    return routes.assign(
        hours=_hours(facts, routes),
        driven=occurs(routes, fleets, ["origin", "mode"]),
        organisation=at(owner, routes["origin"].to_numpy() - sites, BLANK),
        site=at(stands, routes["destination"].to_numpy(), BLANK),
    )


def _hours(facts: Facts, routes: pd.DataFrame) -> NDArray[np.float64]:
    """Return the hours of each route, one way.

    Its own, else the minutes of travel_times, else its length at the speed of convoys; its length is its
    own, else as travel_times says, else the great circle.
    """
    speed = facts.mission.header.policy.convoy_speed_kmh
    length = routes["distance_km"].to_numpy(dtype=float)
    apart = distance_km(facts, routes["origin"].to_numpy(), routes["destination"].to_numpy())
    length = np.where(np.isnan(length), apart, length)
    timed = look_up(routes, measured(facts, "minutes"), ENDS, "minutes") / 60
    timed = np.where(np.isnan(timed), length / speed, timed)
    own = routes["hours"].to_numpy(dtype=float)
    return np.where(np.isnan(own), timed, own)


def _offers(facts: Facts) -> pd.DataFrame:
    offers = facts.names.coded(facts.mission.by_period("supplies"))
    usual = facts.commodities["price"].to_numpy(dtype=float)[offers["commodity"].to_numpy()]
    price = offers["price"].to_numpy(dtype=float)
    return offers.assign(
        price=np.where(np.isnan(price), usual, price), arrives=offers["period"] + offers["lead_time"]
    )


def _stock(facts: Facts, life: Life) -> pd.DataFrame:
    stock = facts.table("stock")
    commodity = stock["commodity"].to_numpy()
    fresh = life.of_arrivals(commodity, np.ones(len(stock), dtype=np.int64))
    expires = stock["expires"].to_numpy(dtype=float)
    last = np.where(np.isnan(expires), fresh, life.last(commodity, expires))
    return total(stock.assign(last=last), ["depot", "commodity", "last"], "quantity")


def _cargo_of(facts: Facts) -> Codes:
    """Return the class of goods that each organisation hands out; there may be only one class."""
    accepts = facts.organisations["accepts_armed_escort"].to_numpy(dtype=bool)
    apart = len(facts.names.known["cargo"]) > 1
    return np.where(accepts | (not apart), CARGO.index("any"), CARGO.index("unescorted"))
