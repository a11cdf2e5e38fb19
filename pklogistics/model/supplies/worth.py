"""The most of a commodity that can be of any use at a place: what bounds flows, and ties them to openings.

No plan gets better by sending more to a place than people who can still be reached from there could take,
but for goods that are there whatever is decided (stock, pledges) or are held for a stock target: they may
have to make room for others. Nor can there be more of a commodity than enters at all.
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
    keeps : whether more than people need may be at a site, shape (pairs,)
    need : at sites, shape (pairs, T); that of later periods included where goods can be kept
    beyond : the same at depots, for every site that can be reached, shape (depots, commodities, T)
    """

    supply: Floats
    fixed: Floats
    keeps: Bools
    need: Floats
    beyond: Floats

    def at_depot(self, depot: Ints, commodity: Ints, period: Ints) -> Floats:
        """Return the most that is of use at depots from periods on."""
        most = self.beyond[depot, commodity, period - 1] + self.fixed[commodity]
        return np.minimum(most, self.supply[commodity])

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
    beyond = _beyond_depots(supplies, pairs, waiting)
    return Worth(supply, fixed, keeps, np.where(keeps[:, None], waiting, need), beyond)


def _beyond_depots(supplies: Supplies, pairs: pd.DataFrame, waiting: Floats) -> Floats:
    """Return the later need at all sites that can be reached, shape (depots, commodities, T)."""
    shape = (supplies.depot_count, len(supplies.commodities), supplies.T)
    period = np.tile(np.arange(shape[2]), len(pairs))
    column = np.repeat(pairs["commodity"].to_numpy(np.int64) * shape[2], shape[2]) + period
    site = np.repeat(pairs["site"].to_numpy(np.int64), shape[2])
    size = (supplies.sets.names.count("site"), shape[1] * shape[2])
    need = sparse.csr_matrix((waiting.ravel(), (site, column)), shape=size)
    beyond: Floats = np.asarray(need.T @ _reach(supplies).T.astype(float)).T.reshape(shape)
    return beyond


def _reach(supplies: Supplies) -> Bools:
    """Say which sites can be reached from which depots at all, shape (depots, sites)."""
    depots, sites = supplies.depot_count, supplies.sets.names.count("site")
    routes = supplies.routes
    origin, destination = (routes[end].to_numpy(np.int64) for end in ("origin", "destination"))
    direct = np.zeros((depots, depots + sites), dtype=bool)
    direct[origin, destination] = True
    among = direct[:, :depots] | np.eye(depots, dtype=bool)
    # Each squaring doubles the number of routes that a path may have.
    for _ in range(max(depots, 2).bit_length()):
        among = (among.astype(np.float32) @ among.astype(np.float32)) > 0
    return (among.astype(np.float32) @ direct[:, depots:].astype(np.float32)) > 0
