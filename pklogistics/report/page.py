"""What the page shows, in order: the rows of every section as plain values for the template."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.report import figures, words
from pklogistics.report.naming import named, names_of
from pklogistics.report.pipeline import duties, pipeline

MOST_ROWS = 500
"""Rows of a table on the page; whoever needs more opens the plan's own tables."""
MOST_PERIODS = 12
"""Periods that get a column of their own."""


@dataclass(frozen=True)
class Tile:
    """A headline number, what it is, and what stands behind it."""

    value: str
    what: str
    detail: str = ""
    share: float = math.nan


@dataclass(frozen=True)
class Rows:
    """Rows of a table and how many more there would be."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    more: int = 0


def content(mission: Mission, plan: Plan) -> dict[str, Any]:
    """Return everything that the template shows, by name of the section."""
    goods, goods_duties = pipeline(mission, plan), duties(mission, plan)
    plan = named(mission, plan)
    periods = mission.T
    return {
        "plan": plan,
        "header": mission.header,
        "when": _calendar(mission),
        "periods": periods,
        "verdict": words.verdict(plan),
        "checked": words.checked(plan),
        "tiles": _tiles(plan, periods),
        "tiers": [_tier(tier, plan.currency) for tier in plan.tiers],
        "sectors": _rows(figures.coverage_by(plan, periods, "sector")),
        "activities": _rows(figures.coverage_by(plan, periods, "sector", "activity")),
        "over_periods": _over_periods(plan, periods),
        "sites": _sites(mission, plan),
        "funds": _rows(figures.funds(plan)),
        "payments": _rows(_payments(plan)),
        "costs": _rows(figures.costs_by(plan, "kind_of_cost")),
        "payees": _rows(figures.costs_by(plan, "payee")),
        "goods": _rows(goods),
        "duties": goods_duties,
        "troops": _rows(figures.troops(plan, periods)),
        "who": _rows(figures.who_works_where(plan, periods)),
        "reasons": _rows(figures.unmet_by_reason(plan, periods)),
        "shortfalls": _rows(figures.shortfalls(plan)),
        "broken": _rows(figures.broken(plan)),
        "violations": _violations(plan),
    }


def _rows(frame: pd.DataFrame) -> Rows:
    return Rows(figures.records(frame.head(MOST_ROWS)), _more(len(frame)))


def _violations(plan: Plan) -> Rows:
    found = [dict(violation) for violation in plan.violations or ()]
    return Rows(found[:MOST_ROWS], _more(len(found)))


def _more(count: int) -> int:
    return max(0, count - MOST_ROWS)


def _calendar(mission: Mission) -> str:
    """Return "3 periods of 30 days, 1 April 2011 to 29 June 2011", as far as it is known."""
    header = mission.header
    count = f"{mission.T:,} period{'s' if mission.T > 1 else ''} of {words.number(header.period_days)} days"
    if header.start is None:
        return count
    try:
        end = header.start + timedelta(days=math.ceil(mission.T * header.period_days) - 1)
    except OverflowError:
        return f"{count}, from {_day(header.start)}"
    return f"{count}, {_day(header.start)} to {_day(end)}"


def _day(date: Any) -> str:
    return f"{date.day} {date:%B} {date.year}"


def _tiles(plan: Plan, periods: int) -> list[Tile]:
    total = figures.total_coverage(plan, periods)
    average = " a period" if periods > 1 else ""
    whole = (
        f"of {words.short_number(total['people'])}{average}; people count once for each activity they need"
    )
    served, unmet = words.short_number(total["served"]), words.short_number(total["unmet"])
    tiles = [
        Tile(words.percent(total["share"]), "of all needs are covered", whole, total["share"]),
        Tile(served, f"needs met by this plan{average}", _others(total["others"])),
        Tile(unmet, f"needs left unmet{average}", _gravest(plan)),
    ]
    cost = plan.tables["costs"]["amount"].sum()
    paid = plan.tables["funds"]["amount"].sum()
    detail = f"of {words.short_number(paid)} that the funds hold" if paid > 0 else "no funds are given"
    tiles.append(Tile(words.short_number(cost), f"{plan.currency}, all costs", detail))
    persons = plan.tables["stationing"].groupby("period")["persons"].sum()
    if len(persons):
        where = plan.tables["stationing"]["site"].nunique()
        detail = f"at {where:,} site{'s' if where > 1 else ''}"
        tiles.append(Tile(f"{persons.max():,.0f}", "troops and police at most", detail))
    broken = len(figures.broken(plan))
    tiles.append(Tile(f"{broken:,}" if broken else "none", "mandates broken", "floors, agreements, posts"))
    return tiles


def _others(others: float) -> str:
    return f"and {words.short_number(others)} by others" if others > 0 else ""


def _gravest(plan: Plan) -> str:
    reasons = figures.unmet_by_reason(plan, 1)
    return str(reasons["reason"].iloc[0]) if len(reasons) else "nobody is left out"


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
    """Return a row per site: its people in need, who covers them, who is there."""
    sites = figures.coverage_by(plan, mission.T, "site")
    known = mission.frame("sites")
    known = known.assign(site=known["site"].map(names_of(mission, "site"))).set_index("site")
    for name in ("region", "threat"):
        sites[name] = sites["site"].map(known[name])
    presence = plan.tables["presence"]
    organisations = presence.drop_duplicates(["site", "organisation"]).groupby("site")["organisation"]
    sites["organisations"] = sites["site"].map(organisations.agg(", ".join)).fillna("")
    troops = figures.troops(plan, mission.T).set_index("site")
    sites["persons"] = sites["site"].map(troops["peak"]).fillna(0.0).astype(float)
    return _rows(sites.sort_values("people", ascending=False, kind="stable"))


def _payments(plan: Plan) -> pd.DataFrame:
    """Return who is paid from which fund, with the share of what the fund pays, in order of the funds."""
    paid = figures.payments_by(plan, "fund", "payee")
    whole = paid.groupby("fund")["amount"].transform("sum")
    order = pd.Series(range(len(plan.tables["funds"])), index=plan.tables["funds"]["fund"])
    ordered = paid.assign(share=(paid["amount"] / whole).astype(float), order=paid["fund"].map(order))
    return ordered.sort_values(["order", "amount"], ascending=[True, False], kind="stable")
