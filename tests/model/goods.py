"""Missions with goods, small enough to argue: one town, one port, rice by the kilogram."""

from __future__ import annotations

from typing import Any

import pandas as pd

import pklogistics
from pklogistics.instance.mission import Mission

Rows = list[dict[str, Any]]

TIERS = ["mandate", "need", "waste", "cost"]


def mission(periods: int = 1, tiers: list[str] | None = None, **tables: Rows | None) -> Mission:
    """100 people in town take 10 kg of rice each; the port buys any amount for 1 a kg; 20 a tonne by road."""
    usual: dict[str, Rows | None] = {
        "sites": [{"site": "town"}],
        "activities": [{"activity": "food", "sector": "Food"}],
        "needs": [{"site": "town", "activity": "food", "people": 100}],
        "organisations": [{"organisation": "WFP"}],
        "capabilities": [{"organisation": "WFP", "activity": "food", "modality": "in_kind"}],
        "commodities": [{"commodity": "rice", "unit": "kg", "weight_t": 0.001, "price": 1}],
        "recipes": [{"activity": "food", "commodity": "rice", "per_person": 10}],
        "depots": [{"depot": "port"}],
        "supplies": [{"depot": "port", "commodity": "rice"}],
        "routes": [{"origin": "port", "destination": "town", "cost_per_t": 20}],
    }
    policy = tables.pop("policy", None)
    header = {
        "name": "goods",
        "currency": "USD",
        "start": "2024-01-01",
        "periods": periods,
        "period_days": 10,
        "objective": {"tiers": tiers or TIERS},
        **({"policy": policy} if policy else {}),
    }
    given = {name: rows for name, rows in {**usual, **tables}.items() if rows is not None}
    return Mission.from_tables(header, given)


def solved(one: Mission) -> pklogistics.Plan:
    """Return the best plan, which the checker finds nothing wrong with."""
    plan = pklogistics.solve(one, gap=0.0, time_limit=60)
    assert plan.violations == ()
    return plan


def tiers(plan: pklogistics.Plan) -> dict[str, float]:
    """Return the value of each tier, rounded to what a solver's tolerance leaves."""
    return {tier.name: round(tier.value, 4) for tier in plan.tiers}


def rows(plan: pklogistics.Plan, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return these columns of a table as tuples, sorted; numbers rounded, a blank number None."""
    frame = plan.tables[table][list(columns)]
    lines = [tuple(_plain(value) for value in line) for line in frame.itertuples(index=False)]
    return sorted(lines, key=str)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if pd.isna(value) else round(value, 4)
    return value
