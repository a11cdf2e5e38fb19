"""The numbers behind the map and the charts, as plain lists for the scripts of the page.

Sites, sectors, depots and commodities are told by their position in lists of names. Period 0 is the average
of all periods (for flows: their sum). What is shown is limited, so that the page stays small: the sites of
greatest need, and of a long mission every so many periods.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.report import figures
from pklogistics.report.boundaries import Box, thinned
from pklogistics.report.dates import period_dates
from pklogistics.report.money import money_flows
from pklogistics.report.naming import named, names_of
from pklogistics.report.pipeline import FLOWS, pipeline_by_period
from pklogistics.report.places import places
from pklogistics.report.posts import posts

MOST_SITES = 500
MOST_PERIODS = 53
"""Periods to choose from: a year of weeks."""
MOST_CELLS = 32_000
"""Combinations of site, sector and period; a cell takes about 14 bytes."""
MOST_FLOWS = 6_000


def chart_data(mission: Mission, plan: Plan, boundaries: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return everything that the scripts of the page draw, ready for JSON.

    Parameters
    ----------
    mission, plan
        The plan with the keys of its mission, not with names.
    boundaries
        GeoJSON of areas to lie under the map.

    Raises
    ------
    PlanError
        If the boundaries are no areas in degrees.
    """
    shown = _shown_periods(mission.T)
    sectors = list(plan.tables["coverage"]["sector"].drop_duplicates())
    sites = _shown_sites(mission, plan, len(shown) + 1)
    called = names_of(mission, "sector")
    where = places(mission)
    places_shown = where[where["place"].isin(sites) | (where["kind"] == "depot")].reset_index(drop=True)
    at = pd.Series(range(len(places_shown)), index=places_shown["place"])
    return {
        "currency": plan.currency,
        "periods": shown,
        "dates": period_dates(mission, shown),
        "count": mission.T,
        "sectors": [called[sector] for sector in sectors],
        "places": _places(mission, places_shown),
        "sites": at.reindex(sites).tolist(),
        "moreSites": len(mission.frame("sites")) - len(sites),
        "cells": _cells(plan, at, sectors, shown, mission.T),
        "posts": _posts(mission, plan, at, shown),
        "who": _who(mission, plan, at),
        "medevac": mission.header.policy.medevac_minutes,
        "flows": _flows(mission, plan, at, shown),
        "stock": _stock(plan, at, shown),
        "money": money_flows(mission, plan),
        "goods": _goods(mission, plan, shown),
        "boundaries": None if boundaries is None else _boundaries(boundaries, places_shown),
    }


def _shown_periods(periods: int) -> list[int]:
    return list(range(1, periods + 1, math.ceil(periods / MOST_PERIODS)))


def _shown_sites(mission: Mission, plan: Plan, periods: int) -> list[str]:
    """Return the sites of greatest need, as many as fit with all their sectors; those without need last."""
    each = plan.tables["coverage"].groupby("site")
    sites = pd.DataFrame({"people": each["people"].sum(), "cells": each["sector"].nunique() * periods})
    sites = sites.reindex(mission.frame("sites")["site"]).fillna(0.0)
    ordered = sites.sort_values("people", ascending=False, kind="stable")
    fitting = ordered["cells"].cumsum() <= MOST_CELLS
    return list(ordered.index[fitting][:MOST_SITES])


def _places(mission: Mission, shown: pd.DataFrame) -> dict[str, Any]:
    regions = mission.frame("sites").set_index("site")["region"]
    unknown = shown["longitude"].isna()
    return {
        "name": shown["name"].tolist(),
        "depot": (shown["kind"] == "depot").astype(int).tolist(),
        "region": [regions.get(place, "") for place in shown["place"]],
        "x": shown["longitude"].round(5).astype(object).where(~unknown, None).tolist(),
        "y": shown["latitude"].round(5).astype(object).where(~unknown, None).tolist(),
    }


def _with_average(table: pd.DataFrame, keys: list[str], shown: list[int], periods: int) -> pd.DataFrame:
    """Return the sums of a table by keys and period: the shown ones, and 0 for the average of all."""
    each = table.groupby([*keys, "period"], sort=False).sum().reset_index()
    average = table.drop(columns="period").groupby(keys, sort=False).sum() / periods
    return pd.concat([average.reset_index().assign(period=0), each[each["period"].isin(shown)]])


def _cells(
    plan: Plan, at: pd.Series, sectors: list[str], shown: list[int], periods: int
) -> dict[str, list[Any]]:
    """Return people in need, reached (by anyone) and served (by this plan) by site, sector and period.

    A cell has the number (place x sectors + sector) x (shown periods + 1) + position of the period, of which
    0 is the average. Cells stand in order, and ``step`` is how much greater each number is than the last:
    a third of what three positions would take.
    """
    coverage = plan.tables["coverage"]
    coverage = coverage[coverage["site"].isin(at.index)]
    columns = ["site", "sector", "period", "people", "served", "unmet"]
    cells = _with_average(coverage[columns], ["site", "sector"], shown, periods)
    sector = pd.Series(range(len(sectors)), index=sectors)[cells["sector"]].to_numpy()
    when = pd.Series(range(len(shown) + 1), index=[0, *shown])[cells["period"]].to_numpy()
    number = (at[cells["site"]].to_numpy() * len(sectors) + sector) * (len(shown) + 1) + when
    cells = cells.assign(number=number).sort_values("number")
    return {
        "step": np.diff(cells["number"].to_numpy(), prepend=0).tolist(),
        "people": rounded(cells["people"]),
        "reached": rounded((cells["people"] - cells["unmet"]).clip(lower=0.0)),
        "served": rounded(cells["served"]),
    }


def rounded(values: pd.Series) -> list[Any]:
    """Return numbers for JSON: whole where they are large, with two digits where all are small."""
    numbers: NDArray[np.float64] = np.nan_to_num(values.to_numpy(dtype=float), posinf=0.0, neginf=0.0)
    if np.abs(numbers).max(initial=0.0) >= 100:
        return list(np.rint(numbers).astype(np.int64).tolist())
    return list(np.round(numbers, 2).tolist())


def _posts(mission: Mission, plan: Plan, at: pd.Series, shown: list[int]) -> dict[str, Any]:
    """Return persons, security and the nearest surgeon by site and period; units as texts by number."""
    found = posts(mission, plan)
    found = found[found["site"].isin(at.index) & found["period"].isin(shown)]
    words = figures.units_by_period(named(mission, plan, "unit"))
    keys = pd.MultiIndex.from_frame(found[["site", "period"]])
    text, texts = pd.factorize(words.reindex(keys).fillna("").to_numpy(dtype=object))
    return {
        "site": at[found["site"]].tolist(),
        "period": found["period"].tolist(),
        "persons": rounded(found["persons"]),
        "security": found["security"].round(1).tolist(),
        "required": found["required"].round(1).tolist(),
        "surgeon": at.reindex(found["surgeon"]).fillna(-1).astype(int).tolist(),
        "minutes": found["minutes"].round().fillna(-1).astype(int).tolist(),
        "units": text.tolist(),
        "texts": [str(each) for each in texts],
    }


def _who(mission: Mission, plan: Plan, at: pd.Series) -> dict[str, list[Any]]:
    """Return which organisations are at which site in any period."""
    present = plan.tables["presence"][["site", "organisation"]].drop_duplicates()
    present = present[present["site"].isin(at.index)]
    organisation, keys = pd.factorize(present["organisation"].to_numpy(dtype=object))
    names = names_of(mission, "organisation")
    return {
        "site": at[present["site"]].tolist(),
        "organisation": organisation.tolist(),
        "names": [names.get(key, key) for key in keys],
    }


def _flows(mission: Mission, plan: Plan, at: pd.Series, shown: list[int]) -> dict[str, Any]:
    """Return the tonnes sent between places by mode and period, whether under escort; the heaviest ones."""
    shipments = plan.tables["shipments"]
    known = shipments["origin"].isin(at.index) & shipments["destination"].isin(at.index)
    moved = shipments[known & (shipments["mode"] != "local") & (shipments["tonnes"] > 0.005)]
    keys = ["origin", "destination", "mode"]
    each = moved.groupby([*keys, "period"], sort=False)["tonnes"].sum().reset_index()
    whole = moved.groupby(keys, sort=False)["tonnes"].sum().reset_index().assign(period=0)
    flows = pd.concat([whole, each[each["period"].isin(shown)]], ignore_index=True)
    flows = flows.nlargest(MOST_FLOWS, "tonnes", keep="first")
    routes = mission.frame("routes")
    guarded = pd.MultiIndex.from_frame(routes.loc[routes["escort"], keys])
    mode, modes = pd.factorize(flows["mode"].to_numpy(dtype=object))
    return {
        "from": at[flows["origin"]].tolist(),
        "to": at[flows["destination"]].tolist(),
        "period": flows["period"].tolist(),
        "tonnes": flows["tonnes"].round(2).tolist(),
        "escort": pd.MultiIndex.from_frame(flows[keys]).isin(guarded).astype(int).tolist(),
        "mode": mode.tolist(),
        "modes": [str(each) for each in modes],
    }


def _stock(plan: Plan, at: pd.Series, shown: list[int]) -> dict[str, list[Any]]:
    """Return the tonnes on hand at the end of each period by place."""
    kept = plan.tables["inventory"].groupby(["place", "period"], sort=False)["tonnes"].sum().reset_index()
    kept = kept[kept["place"].isin(at.index) & kept["period"].isin(shown) & (kept["tonnes"] > 0.005)]
    return {
        "place": at[kept["place"]].tolist(),
        "period": kept["period"].tolist(),
        "tonnes": kept["tonnes"].round(2).tolist(),
    }


def _goods(mission: Mission, plan: Plan, shown: list[int]) -> dict[str, Any]:
    """Return the pipeline of each commodity: a list of tonnes in the shown periods for each kind of flow."""
    flows = pipeline_by_period(mission, plan)
    flows = flows[flows["period"].isin(shown)].round(3)
    by_name = flows.groupby("commodity", sort=False)
    return {
        "names": list(by_name.groups),
        **{name: by_name[name].agg(list).tolist() for name in FLOWS},
        "weightless": _weightless(mission),
    }


def _weightless(mission: Mission) -> list[str]:
    goods = mission.frame("commodities")
    names = names_of(mission, "commodity")
    return [names[key] for key in goods.loc[~(goods["weight_t"] > 0), "commodity"]]


def _boundaries(given: Mapping[str, Any], shown: pd.DataFrame) -> dict[str, Any]:
    known = shown.dropna(subset="longitude")
    return thinned(given, frame_of(known), turned=bool((known["longitude"] > 180).any()))


def frame_of(known: pd.DataFrame) -> Box:
    """Return the box round places, with a margin: west, south, east, north."""
    if known.empty:
        return (-180.0, -90.0, 180.0, 90.0)
    west, east = float(known["longitude"].min()), float(known["longitude"].max())
    south, north = float(known["latitude"].min()), float(known["latitude"].max())
    margin = 0.25 * max(east - west, north - south, 0.5)
    return (west - margin, south - margin, east + margin, north + margin)
