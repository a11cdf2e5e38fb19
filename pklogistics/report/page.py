"""What the page shows, in order: the rows of every section as plain values for the template."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.plan.changes import made_with
from pklogistics.report import figures, words
from pklogistics.report.brief import brief
from pklogistics.report.charts import chart_data
from pklogistics.report.dates import calendar
from pklogistics.report.money import money_paths
from pklogistics.report.naming import named, names_of
from pklogistics.report.pipeline import duties, pipeline, pipeline_by_period
from pklogistics.report.places import places
from pklogistics.report.posts import held_sites
from pklogistics.report.reasons import NO_REASONS, Reasons

MOST_ROWS = 500
"""Rows of a table on the page; whoever needs more opens the plan's own tables."""
MOST_EXPLAINED = 50
"""Rows of what an explanation adds: the first are what matters, and the verbs tell the rest."""
LONGEST_WORDS = 80
"""Characters of a name; what is longer is a sentence."""
MOST_PERIODS = 12
"""Periods that get a column of their own."""


@dataclass(frozen=True)
class Rows:
    """Rows of a table and how many more there would be."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    more: int = 0


def content(
    mission: Mission,
    plan: Plan,
    known: Reasons = NO_REASONS,
    boundaries: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return everything that the template shows, by name of the section."""
    keyed, plan = plan, named(mission, plan)
    periods = mission.T
    return {
        "plan": plan,
        "header": mission.header,
        "when": calendar(mission),
        "periods": periods,
        "verdict": words.verdict(plan),
        "what_if": made_with(plan),
        "checked": words.checked(plan),
        "brief": brief(mission, plan, known),
        "data": chart_data(mission, keyed, boundaries),
        "unplaced": _unplaced(mission),
        "tiers": [_tier(tier, plan.currency) for tier in plan.tiers],
        **_people(mission, plan),
        "funds": _rows(figures.funds(plan)),
        "paths": _rows(money_paths(mission, keyed)),
        "costs": _rows(figures.costs_by(plan, "kind_of_cost")),
        "payees": _rows(figures.costs_by(plan, "payee")),
        "goods": _rows(pipeline(mission, keyed)),
        "breaks": _breaks(mission, keyed),
        "duties": duties(mission, keyed),
        "troops": _rows(held_sites(mission, keyed)),
        "medevac": mission.header.policy.medevac_minutes,
        "who": _rows(figures.who_works_where(plan, periods)),
        "reasons": _rows(figures.unmet_by_reason(plan, periods)),
        "shortfalls": _rows(figures.shortfalls(plan)),
        "broken": _rows(figures.broken(plan)),
        "violations": _violations(plan),
        "explained": _explained(known),
    }


def _people(mission: Mission, plan: Plan) -> dict[str, Any]:
    """Return who is reached: by sector, activity, period and site."""
    return {
        "sectors": _rows(figures.coverage_by(plan, mission.T, "sector")),
        "activities": _rows(figures.coverage_by(plan, mission.T, "sector", "activity")),
        "over_periods": _over_periods(plan, mission.T),
        "sites": _sites(mission, plan),
        "grid": _grid(plan),
    }


def _rows(frame: pd.DataFrame) -> Rows:
    return Rows(figures.records(frame.head(MOST_ROWS)), _more(len(frame)))


def _violations(plan: Plan) -> Rows:
    found = [dict(violation) for violation in plan.violations or ()]
    return Rows(found[:MOST_ROWS], _more(len(found)))


def _more(count: int) -> int:
    return max(0, count - MOST_ROWS)


def _tier(tier: Any, currency: str) -> dict[str, Any]:
    return {
        "name": tier.name,
        "meaning": words.TIER_MEANING.get(tier.name, ""),
        "unit": words.tier_unit(tier, currency),
        "value": tier.value,
        "bound": tier.bound,
        "gap": words.gap(tier.gap),
        "stopped": words.STOPPED.get(tier.stopped, tier.stopped),
        "seconds": tier.seconds,
    }


def _over_periods(plan: Plan, periods: int) -> dict[str, Any] | None:
    """Return the share covered of each sector in each period; None for a mission of one period."""
    if periods < 2:
        return None
    shares = figures.coverage_over_periods(plan, "sector")
    shown = shares.loc[:, shares.columns[:: math.ceil(len(shares.columns) / MOST_PERIODS)]]
    rows = [{"sector": sector, "shares": values.tolist()} for sector, values in shown.iterrows()]
    return {"periods": [int(period) for period in shown.columns], "rows": rows}


def _sites(mission: Mission, plan: Plan) -> Rows:
    """Return a row per site: its people in need, who covers them, how many organisations are there."""
    sites = figures.coverage_by(plan, mission.T, "site")
    known = mission.frame("sites")
    known = known.assign(site=known["site"].map(names_of(mission, "site"))).set_index("site")
    for name in ("region", "threat"):
        sites[name] = sites["site"].map(known[name])
    organisations = plan.tables["presence"].groupby("site")["organisation"].nunique()
    sites["organisations"] = sites["site"].map(organisations).fillna(0).astype(int)
    troops = figures.troops(plan, mission.T).set_index("site")
    sites["persons"] = sites["site"].map(troops["peak"]).fillna(0.0).astype(float)
    return _rows(sites.sort_values("people", ascending=False, kind="stable"))


def _grid(plan: Plan) -> dict[str, Any]:
    """Return the share covered by site (greatest need first) and sector, over all periods."""
    sums = figures.coverage_by(plan, 1, "site", "sector")
    order = sums.groupby("site", sort=False)["people"].sum().sort_values(ascending=False, kind="stable").index
    sectors = list(sums["sector"].drop_duplicates())
    shares = sums.pivot(index="site", columns="sector", values="share").reindex(order[:MOST_ROWS])[sectors]
    rows = [{"site": site, "shares": values.tolist()} for site, values in shares.iterrows()]
    return {"sectors": sectors, "rows": rows, "more": _more(len(order))}


def _unplaced(mission: Mission) -> list[str]:
    """Return the names of sites that no map can show."""
    where = places(mission)
    return where.loc[(where["kind"] == "site") & where["longitude"].isna(), "name"].tolist()


def _breaks(mission: Mission, plan: Plan) -> dict[str, Any] | None:
    """Return by commodity what is on hand and missing in each period (tonnes); None for one period."""
    flows = pipeline_by_period(mission, plan)
    if mission.T < 2 or flows.empty:
        return None
    shown = list(range(1, mission.T + 1, math.ceil(mission.T / MOST_PERIODS)))
    by_period = flows[flows["period"].isin(shown)].groupby("commodity", sort=False)
    rows = [
        {"commodity": name, "cells": list(zip(each["left"], each["missing"], strict=True))}
        for name, each in by_period
    ]
    return {"periods": shown, "rows": rows}


def _explained(known: Reasons) -> dict[str, Any]:
    """Return the tables of an explanation as columns and rows, and its notes."""
    tables = ("values", "stuck", "conflicts", "rule_of_thumb", "overlaps", "gaps", "kinds")
    first = {name: _table(getattr(known, name), MOST_EXPLAINED) for name in tables}
    return {**first, "shortfalls": _table(known.shortfalls, MOST_ROWS), "notes": known.notes}


def _table(frame: pd.DataFrame, most: int) -> dict[str, Any]:
    """Return columns (heading, and whether it holds numbers, words or sentences) and rows of any table."""
    columns = [(str(name), _kind_of(frame[name])) for name in frame]
    rows = frame.head(most).to_numpy(dtype=object).tolist()
    return {"columns": columns, "rows": rows, "more": max(0, len(frame) - most)}


def _kind_of(column: pd.Series) -> str:
    """Return n for numbers, text for sentences, which need room, and "" for words."""
    if pd.api.types.is_numeric_dtype(column):
        return "n"
    return "text" if column.astype("str").str.len().max() > LONGEST_WORDS else ""
