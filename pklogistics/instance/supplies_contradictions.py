"""Family supplies: tables that contradict one another, so that no plan could satisfy them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.findings import Findings, Place
from pklogistics.instance.overlap import overlapping
from pklogistics.instance.supplies_transport import LOCAL
from pklogistics.instance.texts import cell_text
from pklogistics.instance.wording import quoted

Frames = Mapping[str, pd.DataFrame]
Places = Mapping[str, Place]
Bools = NDArray[np.bool_]
WAY = ["origin", "destination", "mode"]


def find_contradictions_of_supplies(frames: Frames, places: Places, findings: Findings) -> None:
    """Report every contradiction between rows of the family.

    Parameters
    ----------
    frames
        The filled form of all tables, absent ones without rows.
    places
        Of the tables that are there.
    """
    if "depots" in places:
        _depots_named_as_sites(frames, places["depots"], findings)
        for measure, of_unit in (("t", "weight_t"), ("m3", "volume_m3")):
            _stock_above_capacity(frames, measure, of_unit, places["depots"], findings)
    if "stock" in places:
        _stock_where_nothing_stays(frames, places["stock"], findings)
    if "routes" in places:
        _routes_that_cannot_be(frames["routes"], places["routes"], findings)
        _routes_twice(frames["routes"], places["routes"], findings)
        _routes_without_hours(frames, places["routes"], findings)
    for table in ("recipes", "requirements"):
        if table in places:
            _goods_for_the_force(frames, table, places[table], findings)
    if "stock_targets" in places:
        _targets_beyond_shelf_life(frames, places["stock_targets"], findings)


def _depots_named_as_sites(frames: Frames, place: Place, findings: Findings) -> None:
    names = frames["depots"]["depot"]
    wrong = np.flatnonzero(names.isin(frames["sites"]["site"]))

    def word(at: int) -> tuple[str | None, str]:
        name = str(names.iloc[at])
        return name, (
            f"depot {quoted(name)} has the name of a site, so that routes could not tell them apart; name it "
            f"{quoted(name + ' depot')}, say, and write the site into column site if it stands there"
        )

    findings.at_rows(place, wrong, "depot", word)


def _stock_above_capacity(
    frames: Frames, measure: str, of_unit: str, place: Place, findings: Findings
) -> None:
    """Report depots whose initial stock, but for what has expired, is more than may stay in them (S3)."""
    depots, stock = frames["depots"], frames["stock"]
    column = f"capacity_{measure}"
    each = frames["commodities"].set_index("commodity")[of_unit]
    held = stock["quantity"] * each.reindex(stock["commodity"]).to_numpy()
    held = held.where(stock["expires"].isna() | (stock["expires"] >= 1), 0.0)
    total = held.groupby(stock["depot"]).sum().reindex(depots["depot"]).fillna(0.0).to_numpy()
    capacity = depots[column].to_numpy()
    wrong = np.flatnonzero(total > capacity * (1 + 1e-9))

    def word(at: int) -> tuple[str | None, str]:
        value = cell_text(capacity[at])
        return value, (
            f"depot {quoted(depots['depot'].iloc[at])} can hold {value} {measure}, but its stock at the "
            f"start is {total[at]:.10g} {measure}; correct its stock, or {column}"
        )

    findings.at_rows(place, wrong, column, word)


def _stock_where_nothing_stays(frames: Frames, place: Place, findings: Findings) -> None:
    """Report stock without weight and volume in depots that keep nothing: no capacity counts it (S3)."""
    stock, depots = frames["stock"], frames["depots"].set_index("depot")
    goods = frames["commodities"].set_index("commodity")
    shut = (depots[["capacity_t", "capacity_m3"]] == 0).all(axis=1).reindex(stock["depot"])
    bare = (goods[["weight_t", "volume_m3"]] == 0).all(axis=1).reindex(stock["commodity"])
    there = (stock["quantity"] > 0) & (stock["expires"].isna() | (stock["expires"] >= 1))
    wrong = np.flatnonzero(shut.to_numpy(bool) & bare.to_numpy(bool) & there.to_numpy(bool))

    def word(at: int) -> tuple[str | None, str]:
        value = cell_text(stock["quantity"].iloc[at])
        return value, (
            f"depot {quoted(stock['depot'].iloc[at])} keeps nothing (capacity_t and capacity_m3 are 0), but "
            f"has {value} of {quoted(stock['commodity'].iloc[at])} at the start; correct quantity, or a "
            "capacity"
        )

    findings.at_rows(place, wrong, "quantity", word)


def _routes_that_cannot_be(routes: pd.DataFrame, place: Place, findings: Findings) -> None:
    loops = np.flatnonzero(routes["origin"] == routes["destination"])

    def is_loop(at: int) -> tuple[str | None, str]:
        name = str(routes["origin"].iloc[at])
        return name, f"the route leads from {quoted(name)} to itself; correct origin or destination"

    findings.at_rows(place, loops, "destination", is_loop)
    reserved = np.flatnonzero(routes["mode"] == LOCAL)

    def is_local(at: int) -> tuple[str | None, str]:
        return LOCAL, (
            f"mode {quoted(LOCAL)} is kept for depots that stand at a site; write the site into column site "
            "of depots, or name another mode"
        )

    findings.at_rows(place, reserved, "mode", is_local)


def _routes_twice(routes: pd.DataFrame, place: Place, findings: Findings) -> None:
    """Report routes of one mode between the same places that are open in the same period."""
    twice, other = overlapping(routes, tuple(WAY))

    def word(at: int) -> tuple[str | None, str]:
        row = routes.iloc[at]
        return ", ".join(row[WAY]), (
            f"the route from {quoted(row['origin'])} to {quoted(row['destination'])} by {row['mode']} "
            f"stands in row {place.rows[other(at)]} for the same periods; keep one, or give them different "
            "modes or dates"
        )

    findings.at_rows(place, twice, ", ".join(WAY), word)


def _routes_without_hours(frames: Frames, place: Place, findings: Findings) -> None:
    """Report routes that take vehicles of a fleet, and nobody can tell for how long (S3)."""
    routes, fleets = frames["routes"], frames["fleets"]
    driven = _pairs(routes, "origin", "mode").isin(_pairs(fleets, "depot", "mode"))
    wrong = np.flatnonzero(driven & ~_has_hours(frames))

    def word(at: int) -> tuple[str | None, str]:
        origin, destination, mode = routes[WAY].iloc[at]
        return None, (
            f"how long the fleet of {quoted(origin)} takes to {quoted(destination)} by {mode} is not known; "
            "give hours or distance_km here, a row in travel_times, or coordinates of both places"
        )

    findings.at_rows(place, wrong, "hours", word)


def _has_hours(frames: Frames) -> Bools:
    routes, times, depots = frames["routes"], frames["travel_times"], frames["depots"]
    sites = frames["sites"].set_index("site")["latitude"]
    own = depots["latitude"].fillna(pd.Series(sites.reindex(depots["site"]).to_numpy()))
    latitude = pd.concat([sites, own.set_axis(depots["depot"])])
    # A depot with the name of a site is reported by itself.
    latitude = latitude[~latitude.index.duplicated()]
    mapped = [latitude.reindex(routes[end]).notna().to_numpy() for end in ("origin", "destination")]
    measured = routes["hours"].notna().to_numpy() | routes["distance_km"].notna().to_numpy()
    there = _pairs(routes, "origin", "destination")
    told = there.isin(_pairs(times, "origin", "destination"))
    told |= there.isin(_pairs(times, "destination", "origin"))
    return np.asarray(measured | told | (mapped[0] & mapped[1]), dtype=bool)


def _pairs(frame: pd.DataFrame, one: str, other: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([frame[one], frame[other]])


def _goods_for_the_force(frames: Frames, table: str, place: Place, findings: Findings) -> None:
    activities, names = frames["activities"], frames[table]["activity"]
    of_force = activities.loc[activities["provider"] == "force", "activity"]
    wrong = np.flatnonzero(names.isin(of_force))

    def word(at: int) -> tuple[str | None, str]:
        name = str(names.iloc[at])
        return name, (
            f"activity {quoted(name)} has provider force, and posts of units take no goods; remove the row, "
            "or make the provider organisation"
        )

    findings.at_rows(place, wrong, "activity", word)


def _targets_beyond_shelf_life(frames: Frames, place: Place, findings: Findings) -> None:
    targets = frames["stock_targets"]
    life = frames["commodities"].set_index("commodity")["shelf_life"]
    lives = life.reindex(targets["commodity"]).to_numpy()
    wrong = np.flatnonzero(targets["min_life"].to_numpy() >= lives)

    def word(at: int) -> tuple[str | None, str]:
        value = cell_text(targets["min_life"].iloc[at])
        return value, (
            f"min_life is {value}, but {quoted(targets['commodity'].iloc[at])} may be given out for a "
            f"shelf_life of {cell_text(lives[at])}, the period of arrival included, so that no more than "
            f"{cell_text(lives[at] - 1)} can be left; correct min_life, or shelf_life"
        )

    findings.at_rows(place, wrong, "min_life", word)
