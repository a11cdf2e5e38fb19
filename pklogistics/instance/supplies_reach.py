"""Family supplies: which goods can come to which sites at all, before any capacity is looked at.

Goods enter a depot (stock, pledges, purchases), wait there as long as they like, and move along routes
within their dates and lead times. For each commodity and place the first period in which it can be there is
found; where there is none within the mission, what needs it stays unmet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Frames = Mapping[str, pd.DataFrame]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
AT_ONCE = 4_000_000
"""Pairs of commodity and route looked at together; it bounds memory."""

CELL = ["site", "activity"]


@dataclass(frozen=True)
class Missing:
    """Needs of one activity that stay unmet for want of one thing.

    Attributes
    ----------
    item : str
        The commodity, or the nutrient (``is_nutrient``), that cannot come.
    refused : bool
        Whether it could come under armed escort, which all who would deliver it there refuse.
    rows : array of int
        The first row of needs for each site.
    """

    activity: str
    item: str
    is_nutrient: bool
    refused: bool
    rows: Ints


def entries(frames: Frames) -> pd.DataFrame:
    """Return where and when goods can enter: ``depot, commodity, period`` of arrival, once or repeatedly."""
    stock, supplies = frames["stock"], frames["supplies"]
    held = stock[(stock["quantity"] > 0) & (stock["expires"].isna() | (stock["expires"] >= 1))]
    coming = supplies[(supplies["max_quantity"] != 0) | (supplies["pledged"] > 0)]
    arrives = coming["period"].fillna(1) + coming["lead_time"]
    columns = ["depot", "commodity", "period"]
    return pd.concat([held.assign(period=1.0), coming.assign(period=arrives)], ignore_index=True)[columns]


def takers(frames: Frames) -> pd.DataFrame:
    """Return what each activity cannot do without: ``activity, is_nutrient, item, commodity``.

    A row for each commodity that is, or that holds, the item.
    """
    recipes, requirements, nutrients = frames["recipes"], frames["requirements"], frames["nutrients"]
    taken = recipes.loc[recipes["per_person"] > 0, ["activity", "commodity"]]
    required = requirements.loc[requirements["per_person"] > 0, ["activity", "nutrient"]]
    holders = required.merge(
        nutrients.loc[nutrients["content"] > 0, ["commodity", "nutrient"]], on="nutrient"
    )
    taken = taken.assign(item=taken["commodity"], is_nutrient=False)
    holders = holders.rename(columns={"nutrient": "item"}).assign(is_nutrient=True)
    return pd.concat([taken, holders], ignore_index=True)[["activity", "is_nutrient", "item", "commodity"]]


def needs_without_goods(frames: Frames, periods: int) -> list[Missing]:
    """Return the needs that only goods can meet, and to whose site an item cannot come within the mission.

    Items that no depot has, buys or is sent are left out, and so are needs that cash or vouchers can meet.
    """
    known = takers(frames)
    known = known[known["commodity"].isin(entries(frames)["commodity"])]
    cells = _cells(frames, known["activity"])
    if cells.empty:
        return []
    known["number"] = known.groupby(["activity", "is_nutrient", "item"], sort=False).ngroup()
    lines = cells.merge(known, on="activity")
    commodity = pd.Index(frames["commodities"]["commodity"]).get_indexer(pd.Index(lines["commodity"]))
    site = pd.Index(frames["sites"]["site"]).get_indexer(pd.Index(lines["site"]))
    guarded = np.isfinite(_first_arrivals(frames, periods, escorted=True)[commodity, site])
    plain = guarded
    if frames["routes"]["escort"].any():
        plain = np.isfinite(_first_arrivals(frames, periods, escorted=False)[commodity, site])
    # An item has come if any commodity has that is or holds it.
    one = (lines["row"] * len(known) + lines["number"]).to_numpy()
    came = np.isin(one, one[np.where(lines["escorted"], guarded, plain)])
    lines["refused"] = np.isin(one, one[guarded])
    lacking = lines[~came].drop_duplicates(CELL)
    groups = lacking.groupby(["activity", "item", "is_nutrient", "refused"], sort=False)
    return [
        Missing(str(activity), str(item), bool(is_nutrient), bool(refused), rows["row"].to_numpy())
        for (activity, item, is_nutrient, refused), rows in groups
    ]


def _cells(frames: Frames, activities: pd.Series[str]) -> pd.DataFrame:
    """Return each site and activity where people in need can be served with goods alone.

    Columns ``site, activity, row`` (the first row of needs) and ``escorted`` (whether anyone who would
    deliver the goods there accepts armed escort).
    """
    needs, options = frames["needs"], frames["capabilities"]
    wanted = needs.loc[(needs["people"] > 0) & needs["activity"].isin(activities), CELL]
    cells = wanted.reset_index(names="row").drop_duplicates(CELL, ignore_index=True)
    regions = frames["sites"].set_index("site")["region"]
    cells["region"] = regions.reindex(cells["site"]).to_numpy()
    by_name = frames["organisations"].set_index("organisation")["accepts_armed_escort"]
    accepts = by_name.reindex(options["organisation"]).to_numpy(dtype=bool)
    money = options["modality"].isin(["cash", "voucher"]).to_numpy(dtype=bool)
    options = options.assign(money=money, goods=~money, escorted=~money & accepts)
    ways = ["money", "goods", "escorted"]
    flags = np.zeros((len(cells), len(ways)), dtype=bool)
    for where in (["site", "activity"], ["region", "activity"], ["activity"]):
        bound = options[[*where, *ways]][_bound_by(options, where[0])]
        best = bound.groupby(where, as_index=False)[ways].max()
        found = cells[where].merge(best.astype(dict.fromkeys(ways, float)), how="left", on=where)
        flags |= found[ways].fillna(0.0).to_numpy() > 0
    cells["escorted"] = flags[:, 2]
    return cells.loc[flags[:, 1] & ~flags[:, 0], [*CELL, "row", "escorted"]]


def _bound_by(options: pd.DataFrame, scope: str) -> pd.Series[bool]:
    if scope == "activity":
        return (options["site"] == "") & (options["region"] == "")
    return options[scope] != ""


def _first_arrivals(frames: Frames, periods: int, escorted: bool) -> Floats:
    """Return the first period in which each commodity can be at each site; infinity for never.

    Parameters
    ----------
    escorted
        Whether it may take routes that need armed escort.

    Returns
    -------
    Shape (commodities, sites).
    """
    depots, names = frames["depots"], frames["commodities"]["commodity"]
    places = pd.Index([*depots["depot"], *frames["sites"]["site"]])
    first = np.full((len(names), len(places)), np.inf)
    come = entries(frames)
    come = come[come["period"] <= periods]
    at = (
        pd.Index(names).get_indexer(pd.Index(come["commodity"])),
        places.get_indexer(pd.Index(come["depot"])),
    )
    np.minimum.at(first, at, come["period"].to_numpy())
    edges = _edges(frames, places, periods, escorted)
    between = edges[edges["destination"] < len(depots)]
    for _ in range(len(depots)):
        before = first.copy()
        _spread(first, between, periods)
        if np.array_equal(before, first):
            break
    _spread(first, edges[edges["destination"] >= len(depots)], periods)
    return first[:, len(depots) :]


def _edges(frames: Frames, places: pd.Index, periods: int, escorted: bool) -> pd.DataFrame:
    """Return routes that can be used, and handovers where depots stand at sites, by position of places."""
    routes, depots, fleets = frames["routes"], frames["depots"], frames["fleets"]
    vehicles = fleets.groupby(["depot", "mode"])["count"].sum()
    idle = vehicles.index[vehicles == 0]
    usable = (routes["capacity_t"] != 0) & ~routes.set_index(["origin", "mode"]).index.isin(idle)
    routes = routes[usable & (escorted | ~routes["escort"])]
    standing = depots.loc[depots["site"] != "", ["depot", "site"]]
    standing = standing.set_axis(["origin", "destination"], axis=1)
    standing = standing.assign(**{"from": 1, "until": periods, "lead_time": 0})
    edges = pd.concat([routes, standing], ignore_index=True)[list(standing.columns)]
    for end in ("origin", "destination"):
        edges[end] = places.get_indexer(pd.Index(edges[end]))
    return edges.sort_values("destination", kind="stable", ignore_index=True)


def _spread(first: Floats, edges: pd.DataFrame, periods: int) -> None:
    """Let goods take one edge each; ``first`` is lowered where they come earlier so."""
    if edges.empty:
        return
    origin, destination = edges["origin"].to_numpy(), edges["destination"].to_numpy()
    begin, end, lead = (edges[name].to_numpy() for name in ("from", "until", "lead_time"))
    starts = np.flatnonzero(np.diff(destination, prepend=-1))
    step = max(1, AT_ONCE // len(edges))
    for at in range(0, len(first), step):
        part = first[at : at + step]
        leaves = np.maximum(part[:, origin], begin)
        arrives = np.where((leaves <= end) & (leaves + lead <= periods), leaves + lead, np.inf)
        best = np.minimum.reduceat(arrives, starts, axis=1)
        part[:, destination[starts]] = np.minimum(part[:, destination[starts]], best)
