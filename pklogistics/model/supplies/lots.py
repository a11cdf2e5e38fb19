"""Where goods can be: a *lot* is a place, a commodity, a cargo class and an expiry.

There are three kinds of lots:

    depot   one for every class and expiry of every commodity that enters anywhere
    shelf   the same at sites with storage, for what perishes
    use     one for every class of what people at a site take. What comes to a site without storage is given
            out at once, and what never perishes is all alike: there goods arrive in the lot of use itself
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pklogistics.model.program import Ints
from pklogistics.model.sets import BLANK, grouped
from pklogistics.model.supplies.tables import Supplies

DEPOT, SHELF, USE = range(3)
"""Kinds of lots."""

_LOT = ["place", "commodity", "cargo", "expires", "kind", "first", "last", "keeps"]


@dataclass(frozen=True)
class Index:
    """Where lots stand in their frame: depots first, then shelves, then uses.

    Attributes
    ----------
    vintages : commodity, expires, first and last period; sorted by commodity and expiry
    pairs : site, commodity, ``keeps``, ``shelf`` (the first of its shelf lots, BLANK without); sorted
    cargoes : number of cargo classes
    uses : position of the first use
    """

    vintages: pd.DataFrame
    pairs: pd.DataFrame
    cargoes: int
    uses: int

    def depot(self, depot: ArrayLike, cargo: ArrayLike, vintage: ArrayLike) -> Ints:
        """Return the lots of depots."""
        lane = np.asarray(depot, dtype=np.int64) * self.cargoes + np.asarray(cargo, dtype=np.int64)
        return lane * len(self.vintages) + np.asarray(vintage, dtype=np.int64)

    def use(self, pair: ArrayLike, cargo: ArrayLike) -> Ints:
        """Return the lots of use of pairs."""
        first = self.uses + np.asarray(pair, dtype=np.int64) * self.cargoes
        return first + np.asarray(cargo, dtype=np.int64)

    def pair(self, site: ArrayLike, commodity: ArrayLike) -> Ints:
        """Return the number of each pair of site and commodity, BLANK where nobody takes it there."""
        return _position(self.pairs[["site", "commodity"]], site, commodity)

    def vintage(self, commodity: ArrayLike, expires: ArrayLike) -> Ints:
        """Return the number of each vintage, BLANK where there is none."""
        return _position(self.vintages[["commodity", "expires"]], commodity, expires)


def _position(keys: pd.DataFrame, *wanted: ArrayLike) -> Ints:
    """Return the row of a sorted frame of two whole numbers that holds each wanted pair, or BLANK."""
    known, asked = (
        np.asarray(one, dtype=np.int64) * 2**32 + np.asarray(other, dtype=np.int64)
        for one, other in (keys.to_numpy().T, wanted)
    )
    if not len(known):
        return np.full(asked.shape, BLANK, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[at] == asked, at, BLANK).astype(np.int64)


def lots_of(supplies: Supplies) -> tuple[Index, pd.DataFrame]:
    """Return where lots stand, and the lots: see `network.Network`."""
    vintages = _vintages(supplies)
    pairs = _pairs(supplies, vintages)
    cargoes, depots = supplies.cargo_count, supplies.depot_count
    lane, vintage = (axis.ravel() for axis in np.indices((depots * cargoes, len(vintages))))
    at_depots = vintages.iloc[vintage].assign(place=lane // cargoes, cargo=lane % cargoes, kind=DEPOT)
    limits = supplies.depots[["capacity_t", "capacity_m3"]].to_numpy(float)[at_depots["place"]].T
    at_depots["keeps"] = supplies.storable(at_depots["commodity"].to_numpy(np.int64), *limits)

    shelved = np.flatnonzero(pairs["shelved"])
    each, nth = repeated(np.repeat(pairs["vintages"].to_numpy()[shelved], cargoes))
    pair = shelved[each // cargoes] if len(shelved) else np.zeros(0, np.int64)
    on_shelves = vintages.iloc[pairs["vintage"].to_numpy()[pair] + nth]
    place = depots + pairs["site"].to_numpy()[pair]
    on_shelves = on_shelves.assign(place=place, cargo=each % cargoes, kind=SHELF, keeps=True)
    sizes = np.where(pairs["shelved"], pairs["vintages"] * cargoes, 0)
    pairs["shelf"] = np.where(pairs["shelved"], len(at_depots) + np.cumsum(sizes) - sizes, BLANK)

    use = np.repeat(np.arange(len(pairs)), cargoes)
    in_use = pd.DataFrame(
        {
            "place": depots + pairs["site"].to_numpy()[use],
            "commodity": pairs["commodity"].to_numpy()[use],
            "cargo": np.tile(np.arange(cargoes), len(pairs)),
            "expires": supplies.never,
            "kind": USE,
            "first": 1,
            "last": supplies.T,
            "keeps": (pairs["keeps"] & ~pairs["shelved"]).to_numpy()[use],
        }
    )
    lots = pd.concat([part[_LOT] for part in (at_depots, on_shelves, in_use)], ignore_index=True)
    lots = lots.astype({**dict.fromkeys(_LOT, np.int64), "keeps": bool})
    return Index(vintages, pairs, cargoes, len(at_depots) + len(on_shelves)), lots


def _vintages(supplies: Supplies) -> pd.DataFrame:
    """Return each commodity and expiry that enters anywhere: with its first and last period."""
    entries = supplies.entries
    numbers, vintages = grouped(entries, ["commodity", "expires"])
    first = np.full(len(vintages), supplies.T, dtype=np.int64)
    np.minimum.at(first, numbers, entries["period"].to_numpy())
    return vintages.assign(first=first, last=np.minimum(vintages["expires"], supplies.T))


def _pairs(supplies: Supplies, vintages: pd.DataFrame) -> pd.DataFrame:
    """Return each site and commodity that people there could take: see `Index`."""
    needs = supplies.sets.needs
    wanted = needs.loc[(needs["net"] > 0) & ~needs["force"], ["site", "activity"]].drop_duplicates()
    takes = supplies.takes[supplies.takes["commodity"].isin(vintages["commodity"])]
    _, pairs = grouped(wanted.merge(takes[["activity", "commodity"]]), ["site", "commodity"])
    commodity = pairs["commodity"].to_numpy(np.int64)
    room = supplies.sets.sites[["storage_t", "storage_m3"]].astype(float).fillna(np.inf).to_numpy()
    pairs["keeps"] = supplies.storable(commodity, *room[pairs["site"]].T)
    pairs["vintage"] = np.searchsorted(vintages["commodity"], commodity)
    pairs["vintages"] = np.searchsorted(vintages["commodity"], commodity, side="right") - pairs["vintage"]
    perishing = vintages.loc[vintages["expires"] < supplies.never, "commodity"]
    pairs["shelved"] = pairs["keeps"] & pairs["commodity"].isin(perishing)
    return pairs


def repeated(counts: Ints) -> tuple[Ints, Ints]:
    """Return the position of each count as often as it says, and which repetition it is, from 0."""
    counts = np.maximum(counts, 0)
    position = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    nth = np.arange(len(position), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
    return position, nth
