"""Which earmarks match no cost that the mission can have (F1)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Frames = Mapping[str, pd.DataFrame]
AT_ONCE = 2_000_000
"""Pairs of earmark and cost compared at once; it bounds memory."""

LINE = ["kind", "organisation", "activity", "sector", "site", "region", "commodity", "scope"]
ANY_COMMODITY = "*;"
"""What a cost of transport concerns: whatever is sent. No name holds a semicolon."""


def earmarks_without_cost(frames: Frames) -> NDArray[np.int64]:
    """Return the rows of earmarks that match no cost line that could arise.

    Parameters
    ----------
    frames
        The filled form of all tables, absent ones without rows.
    """
    lines = possible_costs(frames)
    sites = frames["sites"]
    regions = sites.set_index("site")["region"]
    earmarks = frames["earmarks"].reset_index(names="row")
    earmarks["home"] = regions.reindex(earmarks["site"]).fillna("").to_numpy()
    step = max(1, AT_ONCE // max(1, len(lines)))
    matched = [
        _matched(earmarks.iloc[start : start + step], lines, regions)
        for start in range(0, len(earmarks), step)
    ]
    return np.setdiff1d(np.arange(len(earmarks)), np.concatenate([np.array([], dtype=np.int64), *matched]))


def possible_costs(frames: Frames) -> pd.DataFrame:
    """Return the costs that can arise, one line per kind of cost and option, unit or organisation.

    ``scope`` says where: ``nowhere`` (the cost concerns no site), ``anywhere``, ``site`` or ``region``.
    """
    organisations = frames["organisations"]
    options = frames["capabilities"].merge(frames["activities"][["activity", "sector"]], on="activity")
    options["scope"] = np.select(
        [options["site"] != "", options["region"] != ""], ["site", "region"], "anywhere"
    )
    based = organisations[organisations["base_cost"] + organisations["base_cost_per_period"] > 0]
    bases = options[options["organisation"].isin(based["organisation"])].assign(activity="", sector="")
    mobilised = organisations[organisations["mobilisation_cost"] > 0]
    parts = [
        options[options["cost_per_person"] > 0].assign(kind="service"),
        options[options["cost_per_presence"] > 0].assign(kind="presence"),
        bases.assign(kind="base"),
        mobilised[["organisation"]].assign(kind="mobilisation", scope="nowhere"),
    ]
    units = frames["units"]
    for kind, cost in (("deployment", "deployment_cost"), ("sustainment", "cost_per_period")):
        paid = units.loc[units[cost] > 0, []]
        parts.append(paid.assign(kind=kind, scope="anywhere"))
    parts.append(_costs_of_supplies(frames))
    lines = pd.concat(parts, ignore_index=True).reindex(columns=LINE)
    return lines.astype("str").where(lines.notna(), "").drop_duplicates()


def _costs_of_supplies(frames: Frames) -> pd.DataFrame:
    """Return the costs of buying, moving and keeping goods; they bear on who runs the depot.

    A cost of a depot is at the site at which it stands, that of a route where it leads; else ``nowhere``.
    """
    depots, routes, fleets = (frames[name] for name in ("depots", "routes", "fleets"))
    supplies = frames["supplies"].merge(frames["commodities"][["commodity", "price"]], on="commodity")
    price = supplies["price_x"].fillna(supplies["price_y"])
    bought = supplies.loc[(price > 0) & (supplies["max_quantity"] != 0), ["depot", "commodity"]]
    site = depots.set_index("depot")["site"]
    owner = depots.set_index("depot")["organisation"]
    ends = routes["destination"]
    # The destination is a site, or a depot, whose site is blank where it stands at none.
    routes = routes.assign(depot=routes["origin"], end=ends.where(~ends.isin(site.index), ends.map(site)))
    driven = fleets.loc[fleets["cost_per_hour"] > 0, ["depot", "mode"]].drop_duplicates()
    sent = routes.loc[routes["cost_per_t"] > 0, ["depot", "end"]].assign(commodity=ANY_COMMODITY)
    kept = depots.loc[depots["opening_cost"] + depots["cost_per_period"] > 0, ["depot"]]
    parts = [
        bought.assign(kind="procurement", end=bought["depot"].map(site)),
        sent.assign(kind="transport"),
        routes.merge(driven, on=["depot", "mode"])[["depot", "end"]].assign(kind="transport"),
        kept.assign(kind="depot", end=kept["depot"].map(site)),
        routes.loc[routes["opening_cost"] > 0, ["depot", "end"]].assign(kind="route"),
    ]
    lines = pd.concat(parts, ignore_index=True).rename(columns={"end": "site"})
    lines["organisation"] = lines["depot"].map(owner)
    return lines.assign(scope=np.where(lines["site"] == "", "nowhere", "site"))


def _matched(earmarks: pd.DataFrame, lines: pd.DataFrame, regions: pd.Series[str]) -> NDArray[np.int64]:
    pairs = earmarks.merge(lines, how="cross", suffixes=("", "_of_cost"))
    fits = _same(pairs["commodity"], pairs["commodity_of_cost"]) | (
        pairs["commodity_of_cost"] == ANY_COMMODITY
    )
    fits &= _same(pairs["kind_of_cost"], pairs["kind"])
    for name in ("organisation", "activity", "sector"):
        fits &= _same(pairs[name], pairs[f"{name}_of_cost"])
    scope = pairs["scope"]
    home = regions.reindex(pairs["site_of_cost"]).fillna("").to_numpy()
    site, region, own = pairs["site"], pairs["region"], pairs["home"]
    placed = np.select(
        [scope == "nowhere", scope == "site", scope == "region"],
        [
            (site == "") & (region == ""),
            _same(site, pairs["site_of_cost"]) & ((region == "") | (region == home)),
            ((site == "") | (own == pairs["region_of_cost"])) & _same(region, pairs["region_of_cost"]),
        ],
        (site == "") | (region == "") | (region == own),
    )
    return pairs.loc[fits & placed.astype(bool), "row"].to_numpy(dtype=np.int64)


def _same(earmark: pd.Series[str], cost: pd.Series[str]) -> pd.Series[bool]:
    return (earmark == "") | (earmark == cost)
