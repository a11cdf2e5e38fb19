"""What the modules of the family share while a mission is compiled, and what decoding needs afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import SHARED, Bools, Floats, Ints
from pklogistics.model.supplies.network import Network
from pklogistics.model.supplies.tables import Supplies
from pklogistics.model.supplies.worth import Worth

FAMILY = "supplies"


@dataclass
class Goods:
    """Where goods can be, and the columns that say where they are.

    Every table holds coded keys and the program position of each of its columns; quantities are in units.

    Attributes
    ----------
    come : whether goods can come to each node, shape (nodes,)
    lacking : n, cargo, commodity, nutrient: what cannot come to a need (the other of the two is BLANK)
    portions : what can be on each table (see `uses.portions`), with ``portion``: the column, BLANK where
        people take an exact amount
    people : who sits at the tables (see `uses.takers`)
    rows : row of balance of each node, BLANK without, shape (nodes,)
    sent : route, origin, destination, commodity, cargo, expires, period, arrives, site (block), tail, head,
        useful and upper (units), sent
    on_hand, expired : place, commodity, cargo, expires, period, node, and the column of that name
    given : site, commodity, cargo, expires, period, tail, head, given: what leaves a shelf for people
    bought : line of `Supplies.entries`, depot, commodity, ordered, period, cargo, expires, bought
    taken : the same of stock and pledges, taken
    driven : fleet (line of `Supplies.fleets`), route, period, driven: loads, where vehicles can be chosen
    running : depot, period, running, opened (or BLANK): depots that may be out of use
    roads : route, period, open, opened (or BLANK): routes that cost something to open
    """

    supplies: Supplies
    network: Network
    come: Bools
    lacking: pd.DataFrame
    portions: pd.DataFrame = field(default_factory=pd.DataFrame)
    people: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    sent: pd.DataFrame = field(default_factory=pd.DataFrame)
    on_hand: pd.DataFrame = field(default_factory=pd.DataFrame)
    expired: pd.DataFrame = field(default_factory=pd.DataFrame)
    given: pd.DataFrame = field(default_factory=pd.DataFrame)
    bought: pd.DataFrame = field(default_factory=pd.DataFrame)
    taken: pd.DataFrame = field(default_factory=pd.DataFrame)
    driven: pd.DataFrame = field(default_factory=pd.DataFrame)
    running: pd.DataFrame = field(default_factory=pd.DataFrame)
    roads: pd.DataFrame = field(default_factory=pd.DataFrame)
    worth: Worth | None = None

    def tonnes(self, frame: pd.DataFrame) -> Floats:
        """Return the weight of one unit of each line's commodity, in tonnes."""
        return self._each("weight_t", frame)

    def cubic_metres(self, frame: pd.DataFrame) -> Floats:
        """Return the volume of one unit of each line's commodity, in cubic metres."""
        return self._each("volume_m3", frame)

    def _each(self, measure: str, frame: pd.DataFrame) -> Floats:
        commodity = frame["commodity"].to_numpy(np.int64)
        values: Floats = self.supplies.commodities[measure].to_numpy(np.float64)[commodity]
        return values

    def labels(self, assembly: Assembly, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the keys of a frame as labels; what outlasts the mission has a blank expiry."""
        keys = assembly.labelled(frame)
        if "expires" in frame:
            expires = frame["expires"].to_numpy(float)
            keys["expires"] = np.where(expires >= self.supplies.never, np.nan, expires)
        return keys

    def of_route(self, name: str, route: pd.Series[int]) -> np.ndarray:
        """Return a column of `Supplies.routes` for these routes."""
        routes = self.supplies.routes
        at = routes.index.get_indexer(pd.Index(route))
        return np.asarray(routes[name].array[at])

    def block(self, place: Ints) -> Ints:
        """Return the block of what belongs to places: the site, or shared for depots."""
        depots = self.supplies.depot_count
        return np.where(place >= depots, place - depots, SHARED)

    def owner(self, depot: ArrayLike) -> Ints:
        """Return the organisation that runs each depot, or BLANK."""
        of = self.supplies.depots["organisation"].to_numpy(np.int64)
        values: Ints = of[np.asarray(depot, dtype=np.int64)]
        return values

    def site(self, place: ArrayLike) -> Ints:
        """Return the site of each place: itself, or that at which a depot stands, or BLANK."""
        own = np.arange(self.supplies.sets.names.count("site"), dtype=np.int64)
        values: Ints = np.concatenate([self.supplies.depots["site"].to_numpy(np.int64), own])
        return values[np.asarray(place, dtype=np.int64)]

    def useful(
        self,
        place: pd.Series[int],
        commodity: pd.Series[int],
        period: pd.Series[int],
        since: pd.Series[int] | None = None,
    ) -> Floats:
        """Return the most of a commodity that is of use at places in periods, in units.

        That is, to whoever needs it from these periods on, or from the periods ``since`` on, where goods may
        be left that were meant for them.
        """
        assert self.worth is not None, "the flow is added first"
        depots = self.supplies.depot_count
        given = (place, commodity, period, period if since is None else since)
        at, good, when, begin = (np.asarray(values, dtype=np.int64) for values in given)
        result = np.zeros(len(at))
        site = at >= depots
        result[~site] = self.worth.at_depot(at[~site], good[~site], when[~site], begin[~site])
        pair = self.network.index.pair(at[site] - depots, good[site])
        result[site] = self.worth.at_site(pair, good[site], begin[site])
        return result
