"""Goods for the country of three sites, for tests of the family supplies; there is nothing to say about it.

Rice and oil are bought at the port. From there a railway leads to site a and a road to the hub, which stands
at site b, and from the hub its trucks drive to site c.
"""

from __future__ import annotations

from typing import Any

from tests.instance import country
from tests.instance.country import BASE, Row

COMMODITIES: list[Row] = [
    {"commodity": "rice", "unit": "kg", "weight_t": 0.001, "price": 0.5},
    {"commodity": "oil", "unit": "tin", "weight_t": 0.005, "price": 8},
]
RECIPES: list[Row] = [
    {"activity": "food", "commodity": "rice", "per_person": 12},
    {"activity": "food", "commodity": "oil", "per_person": 0.2},
]
DEPOTS: list[Row] = [{"depot": "port", "capacity_t": 50}, {"depot": "hub", "site": "b"}]
SUPPLIES: list[Row] = [
    {"depot": "port", "commodity": "rice"},
    {"depot": "port", "commodity": "oil", "lead_time": 1},
]
RAIL: Row = {"origin": "port", "destination": "a", "mode": "rail", "cost_per_t": 30}
ROAD: Row = {"origin": "port", "destination": "hub", "cost_per_t": 80}
TRACK: Row = {"origin": "hub", "destination": "c"}
TRUCKS: Row = {"depot": "hub", "vehicle": "truck", "count": 4, "payload_t": 10, "hours_per_period": 300}

PIPELINE: dict[str, Any] = {
    **BASE,
    "commodities": COMMODITIES,
    "recipes": RECIPES,
    "depots": DEPOTS,
    "stock": [{"depot": "port", "commodity": "rice", "quantity": 40_000}],
    "supplies": SUPPLIES,
    "routes": [RAIL, ROAD, TRACK],
    "fleets": [TRUCKS],
    "stock_targets": [{"depot": "hub", "commodity": "rice", "min_quantity": 500}],
}
"""Right as it stands: three periods of 30 days."""

BASKET: dict[str, Any] = {
    "nutrients": [
        {"commodity": "rice", "nutrient": "kcal", "content": 3600},
        {"commodity": "oil", "nutrient": "kcal", "content": 40_000},
    ],
    "requirements": [{"activity": "food", "nutrient": "kcal", "per_person": 63_000}],
}
"""What makes the food a basket: 2,100 kcal a day, which no recipe forbids."""


def errors(**tables: Any) -> list[tuple[Any, ...]]:
    """Return what is wrong; rows of records are numbered from 1."""
    return country.errors(**(PIPELINE | tables))


def warnings(header: Row | None = None, **tables: Any) -> list[tuple[Any, ...]]:
    """Return what is doubtful."""
    return country.warnings(header, **(PIPELINE | tables))
