"""Where goods can be, and how they get there: the time-expanded network.

A *node* is a lot (see `lots`) in one of the periods in which it can exist.
*Ways* lead from node to node: a route, or the handover from a depot to the site where it stands, from the
period of sending to that of arrival. *Gifts* lead from a shelf to the use in the same period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order

from pklogistics.model.program import Bools, Ints
from pklogistics.model.sets import BLANK
from pklogistics.model.supplies.lots import SHELF, Index, lots_of, repeated
from pklogistics.model.supplies.tables import ANY, Supplies


@dataclass(frozen=True)
class Network:
    """The network of everything that people in need could take.

    Attributes
    ----------
    lots : place, commodity, cargo, expires (``never`` for uses), kind, first and last period, ``keeps``
        (whether goods can stay there) and ``node`` (that of its first period)
    lot, period : of each node, shape (nodes,)
    ways : route, lead (periods), tail, head (nodes)
    gifts : tail, head (nodes)
    """

    lots: pd.DataFrame
    lot: Ints
    period: Ints
    ways: pd.DataFrame
    gifts: pd.DataFrame
    index: Index

    def of(self, name: str, nodes: ArrayLike) -> Ints:
        """Return a column of the lots for these nodes."""
        values: Ints = self.lots[name].to_numpy(np.int64)[self.lot[np.asarray(nodes, dtype=np.int64)]]
        return values

    def node(self, lot: Ints, period: ArrayLike) -> Ints:
        """Return the nodes of lots in periods in which they exist."""
        first = self.lots["first"].to_numpy(np.int64)[lot]
        nodes: Ints = self.lots["node"].to_numpy(np.int64)[lot] + np.asarray(period, dtype=np.int64) - first
        return nodes

    def use(self, site: ArrayLike, commodity: ArrayLike, cargo: ArrayLike, period: ArrayLike) -> Ints:
        """Return the nodes of use, BLANK where nobody at the site takes the commodity."""
        pair = self.index.pair(site, commodity)
        known = pair != BLANK
        nodes = np.full(pair.shape, BLANK, dtype=np.int64)
        lot = self.index.use(pair[known], np.broadcast_to(cargo, pair.shape)[known])
        nodes[known] = self.node(lot, np.broadcast_to(period, pair.shape)[known])
        return nodes

    @property
    def stays(self) -> Bools:
        """Whether goods can stay at each node to the end of its period, shape (nodes,)."""
        keeps, expires = (self.lots[name].to_numpy()[self.lot] for name in ("keeps", "expires"))
        return np.asarray(keeps & (self.period < expires), dtype=bool)

    @property
    def last(self) -> Bools:
        """Whether each node is the last of its lot, shape (nodes,)."""
        return np.asarray(self.period == self.lots["last"].to_numpy()[self.lot], dtype=bool)

    def links(self) -> tuple[Ints, Ints]:
        """Return tails and heads of all links between nodes: stays, gifts and ways, in this order."""
        staying = np.flatnonzero(self.stays & ~self.last)
        tails = (staying, self.gifts["tail"].to_numpy(), self.ways["tail"].to_numpy())
        heads = (staying + 1, self.gifts["head"].to_numpy(), self.ways["head"].to_numpy())
        return np.concatenate(tails), np.concatenate(heads)


def reached(count: int, tails: Ints, heads: Ints, sources: Ints) -> Bools:
    """Say which of ``count`` nodes can be reached from the sources along links, shape (count,)."""
    begin = np.zeros(len(sources), dtype=np.int64)
    ends = np.concatenate([begin, tails + 1]), np.concatenate([sources + 1, heads + 1])
    graph = sparse.csr_matrix((np.ones(len(ends[0])), ends), shape=(count + 1, count + 1))
    found = np.zeros(count + 1, dtype=bool)
    found[breadth_first_order(graph, 0, return_predecessors=False)] = True
    return found[1:]


def network_of(supplies: Supplies, guarded: Bools) -> Network:
    """Return the network of a mission; ``guarded`` says in which periods 1..T there are units to escort.

    Escorts are counted in tonnes (S5): goods without weight need none of them.
    """
    index, lots = lots_of(supplies)
    lengths = lots["last"].to_numpy() - lots["first"].to_numpy() + 1
    lots["node"] = np.cumsum(lengths) - lengths
    lot, nth = repeated(lengths)
    period = lots["first"].to_numpy()[lot] + nth
    nothing = pd.DataFrame({"tail": np.zeros(0, np.int64), "head": np.zeros(0, np.int64)})
    bare = Network(lots, lot, period, nothing, nothing, index)
    ways = _ways(supplies, bare, guarded)
    return Network(lots, lot, period, ways, _gifts(supplies, bare), index)


def _ways(supplies: Supplies, network: Network, guarded: Bools) -> pd.DataFrame:
    """Return every way: a route, lot to lot, in each period in which it can be taken."""
    links = pd.concat([_between_depots(supplies, network.index), _to_sites(supplies, network.index)])
    route = supplies.routes.loc[links["route"]]
    tail, head = links["tail"].to_numpy(np.int64), links["head"].to_numpy(np.int64)
    lots, lead = network.lots, route["lead_time"].to_numpy(np.int64)
    first, last, expires = (lots[name].to_numpy()[tail] for name in ("first", "last", "expires"))
    begin = np.maximum(route["first"].to_numpy(), first)
    # Nothing is sent that would arrive after its expiry, or after the mission.
    latest = np.minimum(supplies.T, expires) - lead
    end = np.minimum(np.minimum(route["last"].to_numpy(), last), latest)
    link, nth = repeated(end - begin + 1)
    period = begin[link] + nth
    weight = supplies.commodities["weight_t"].to_numpy(float)[lots["commodity"].to_numpy(np.int64)[tail]]
    free = (~route["escort"].to_numpy(bool) | (weight == 0))[link] | guarded[period - 1]
    link, period = link[free], period[free]
    return pd.DataFrame(
        {
            "route": links["route"].to_numpy()[link],
            "lead": lead[link],
            "tail": network.node(tail[link], period),
            "head": network.node(head[link], period + lead[link]),
        }
    )


def _between_depots(supplies: Supplies, index: Index) -> pd.DataFrame:
    """Return route, tail and head (lots) of routes between depots."""
    routes = supplies.routes
    routes = routes[routes["destination"] < supplies.depot_count]
    at, cargo, vintage = (
        axis.ravel() for axis in np.indices((len(routes), index.cargoes, len(index.vintages)))
    )
    ridden = (cargo == ANY) | ~routes["escort"].to_numpy(bool)[at]
    at, cargo, vintage = at[ridden], cargo[ridden], vintage[ridden]
    return pd.DataFrame(
        {
            "route": routes.index.to_numpy()[at],
            "tail": index.depot(routes["origin"].to_numpy()[at], cargo, vintage),
            "head": index.depot(routes["destination"].to_numpy()[at], cargo, vintage),
        }
    )


def _to_sites(supplies: Supplies, index: Index) -> pd.DataFrame:
    """Return route, tail and head (lots) of routes to sites, for what people take there."""
    routes = supplies.routes.reset_index(names="route")
    routes["site"] = routes["destination"] - supplies.depot_count
    pairs = index.pairs.reset_index(names="pair")
    lines = routes[["route", "origin", "site", "escort"]].merge(pairs, on="site")
    each, nth = repeated(lines["vintages"].to_numpy())
    each, cargo = np.tile(each, index.cargoes), np.repeat(np.arange(index.cargoes), len(each))
    nth = np.tile(nth, index.cargoes)
    ridden = (cargo == ANY) | ~lines["escort"].to_numpy(bool)[each]
    each, cargo, nth = each[ridden], cargo[ridden], nth[ridden]
    line = {name: lines[name].to_numpy()[each] for name in ("route", "origin", "pair", "vintage", "vintages")}
    shelf = lines["shelf"].to_numpy()[each]
    on_shelf = shelf + cargo * line["vintages"] + nth
    return pd.DataFrame(
        {
            "route": line["route"],
            "tail": index.depot(line["origin"], cargo, line["vintage"] + nth),
            "head": np.where(shelf == BLANK, index.use(line["pair"], cargo), on_shelf),
        }
    )


def _gifts(supplies: Supplies, network: Network) -> pd.DataFrame:
    """Return the gifts: from each shelf node to the node of use."""
    tail = np.flatnonzero(network.lots["kind"].to_numpy()[network.lot] == SHELF)
    place, commodity, cargo = (network.of(name, tail) for name in ("place", "commodity", "cargo"))
    head = network.use(place - supplies.depot_count, commodity, cargo, network.period[tail])
    return pd.DataFrame({"tail": tail, "head": head})
