"""The most of a commodity that can be of any use at a place: what bounds flows, and ties them to openings.

No plan gets better by sending more to a place than people who can still be reached from there could take,
but for goods that are there whatever is decided (stock, pledges) or are held for a stock target: they may
have to make room for others. Nor can there be more of a commodity at a depot than has entered by then, there
or at depots from which it can come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.model.sets import grouped
from pklogistics.model.supplies.tables import PURCHASE, Supplies


@dataclass(frozen=True)
class Worth:
    """Upper bounds on what is of use, in units.

    Attributes
    ----------
    supply : most that can enter at all, by commodity; inf if purchases have no limit
    fixed : what may be there without being of use, by commodity
    come : most that can have come to depots by each period, shape (depots, commodities, T)
    idle : what may be at depots without being of use, shape (depots, commodities)
    keeps : whether more than people need may be at a site, shape (pairs,)
    need : at sites, shape (pairs, T); that of later periods included where goods can be kept
    beyond : the same at depots, for every site that can be reached, shape (depots, commodities, T)
    """

    supply: Floats
    fixed: Floats
    come: Floats
    idle: Floats
    keeps: Bools
    need: Floats
    beyond: Floats

    def at_depot(self, depot: Ints, commodity: Ints, period: Ints, since: Ints) -> Floats:
        """Return the most that is of use at depots in periods, to whoever needs it ``since`` others."""
        most = self.beyond[depot, commodity, since - 1] + self.idle[depot, commodity]
        return np.minimum(most, self.come[depot, commodity, period - 1])

    def at_site(self, pair: Ints, commodity: Ints, period: Ints) -> Floats:
        """Return the most that is of use at sites, by the number of the pair, from periods on."""
        most = self.need[pair, period - 1] + np.where(self.keeps[pair], self.fixed[commodity], 0.0)
        return np.minimum(most, self.supply[commodity])


def worth_of(supplies: Supplies, pairs: pd.DataFrame, portions: pd.DataFrame) -> Worth:
    """Return the worth of goods; see `network.Index` for pairs and `uses.portions` for portions."""
    count = len(supplies.commodities)
    entries = supplies.entries
    supply, fixed = np.zeros(count), np.zeros(count)
    np.add.at(supply, entries["commodity"].to_numpy(), entries["quantity"].to_numpy())
    there, targets = entries[entries["source"] != PURCHASE], supplies.targets
    np.add.at(fixed, there["commodity"].to_numpy(), there["quantity"].to_numpy())
    np.add.at(fixed, targets["commodity"].to_numpy(), targets["min_quantity"].to_numpy())

    by_table = portions.drop_duplicates(["site", "activity", "period", "commodity"])
    numbers, places = grouped(by_table, ["pair", "period"])
    amount = np.bincount(numbers, weights=by_table["most"] * by_table["net"], minlength=len(places))
    need = np.zeros((len(pairs), supplies.T))
    need[places["pair"], places["period"] - 1] = amount
    waiting = np.flip(np.cumsum(np.flip(need, axis=1), axis=1), axis=1)
    keeps = pairs["keeps"].to_numpy(bool)
    among, direct = _reach(supplies)
    beyond = _beyond_depots(supplies, pairs, waiting, among @ direct > 0)
    come, idle = _at_depots(supplies, among)
    return Worth(supply, fixed, come, idle, keeps, np.where(keeps[:, None], waiting, need), beyond)


def _at_depots(supplies: Supplies, among: Floats) -> tuple[Floats, Floats]:
    """Return what can come to depots, and what may be idle there: `Worth.come` and `Worth.idle`."""
    entries, targets = supplies.entries, supplies.targets
    shape = (supplies.depot_count, len(supplies.commodities), supplies.T)
    entered, endless, held, asked = (np.zeros(size) for size in (shape, shape, shape[:2], shape[:2]))
    depot, commodity = (entries[name].to_numpy(np.int64) for name in ("depot", "commodity"))
    period, quantity = entries["period"].to_numpy(np.int64) - 1, entries["quantity"].to_numpy(float)
    finite = np.isfinite(quantity)
    np.add.at(entered, (depot, commodity, period), np.where(finite, quantity, 0.0))
    np.add.at(endless, (depot, commodity, period), ~finite)
    there = (entries["source"] != PURCHASE).to_numpy(bool)
    np.add.at(held, (depot[there], commodity[there]), quantity[there])
    kept = tuple(targets[name].to_numpy(np.int64) for name in ("depot", "commodity"))
    np.add.at(asked, kept, targets["min_quantity"].to_numpy(float))
    come = _upstream(among, np.cumsum(entered, axis=2))
    come[_upstream(among, np.cumsum(endless, axis=2)) > 0] = np.inf
    return come, _upstream(among, held) + among @ asked


def _upstream(among: Floats, amount: Floats) -> Floats:
    """Return the sum over all depots from which each depot can be reached, itself included."""
    result: Floats = np.tensordot(among, amount, axes=(0, 0))
    return result


def _beyond_depots(supplies: Supplies, pairs: pd.DataFrame, waiting: Floats, reach: Bools) -> Floats:
    """Return the later need at all sites that can be reached, shape (depots, commodities, T)."""
    shape = (supplies.depot_count, len(supplies.commodities), supplies.T)
    period = np.tile(np.arange(shape[2]), len(pairs))
    column = np.repeat(pairs["commodity"].to_numpy(np.int64) * shape[2], shape[2]) + period
    site = np.repeat(pairs["site"].to_numpy(np.int64), shape[2])
    size = (supplies.sets.names.count("site"), shape[1] * shape[2])
    need = sparse.csr_matrix((waiting.ravel(), (site, column)), shape=size)
    beyond: Floats = np.asarray(need.T @ reach.T.astype(float)).T.reshape(shape)
    return beyond


def _reach(supplies: Supplies) -> tuple[Floats, Floats]:
    """Say which depots can be reached from which, and which sites from which in one step; 1 or 0.

    The shapes are (depots, depots), with every depot from itself, and (depots, sites).
    """
    depots, sites = supplies.depot_count, supplies.sets.names.count("site")
    routes = supplies.routes
    origin, destination = (routes[end].to_numpy(np.int64) for end in ("origin", "destination"))
    direct = np.zeros((depots, depots + sites), dtype=bool)
    direct[origin, destination] = True
    among = direct[:, :depots] | np.eye(depots, dtype=bool)
    # Each squaring doubles the number of routes that a path may have.
    for _ in range(max(depots, 2).bit_length()):
        among = (among.astype(np.float32) @ among.astype(np.float32)) > 0
    return among.astype(float), direct[:, depots:].astype(float)
