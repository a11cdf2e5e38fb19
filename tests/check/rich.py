"""A mission with something in every table, and a plan of it that has rows in every table."""

from __future__ import annotations

from pklogistics.instance import Mission
from pklogistics.plan import Plan

from . import rich_goods
from .builder import Author
from .missions import guard, serve

TIERS = ("mandate", "need", "cost", "risk", "waste")


def rich_mission() -> Mission:
    food = {"activity": "food", "sector": "Food"}
    return Mission.from_tables(
        {
            "format": 1,
            "name": "rich",
            "periods": 2,
            "policy": {"impartiality_tolerance": 0.05, "medevac_minutes": 120, "max_organisations": 2},
            "objective": {"tiers": list(TIERS)},
        },
        {
            "sites": [
                {
                    **{"site": "A", "region": "North", "group": "hill", "threat": 1, "max_persons": 900},
                    **{"market_capacity": 90},
                    **{"latitude": 0, "longitude": 0, "medical_level": 2},
                },
                {
                    "site": "B",
                    "region": "South",
                    "group": "lake",
                    "threat": 2,
                    "latitude": 0,
                    "longitude": 0.5,
                    "storage_t": 1,
                },
            ],
            "activities": [
                food,
                {"activity": "health", "sector": "Health"},
                {"activity": "patrol", "sector": "Protection", "provider": "force", "radius_km": 60},
            ],
            "needs": [
                {"site": "A", "activity": "food", "people": 100, "severity": 3, "min_coverage": 0.9},
                {"site": "B", "activity": "food", "people": 50, "severity": 2, "weight": 2},
                {"site": "A", "activity": "health", "people": 40, "severity": 5},
                {"site": "A", "activity": "patrol", "people": 100, "severity": 1},
                {"site": "B", "activity": "patrol", "people": 50, "severity": 4},
            ],
            "coverage": [{"site": "A", "activity": "food", "organisation": "others", "people": 10}],
            "organisations": [
                {
                    **{"organisation": "agency", "kind": "UN agency", "mobilisation_cost": 1000},
                    **{"base_cost": 100, "base_cost_per_period": 5, "accepts_armed_escort": "yes"},
                },
                {
                    "organisation": "elders",
                    "kind": "local",
                    "mobilisation_cost": 10,
                    "base_cost_per_period": 1,
                },
            ],
            "capabilities": [
                {"organisation": "agency", "modality": "cash", "cost_per_person": 2, "cost_per_presence": 10}
                | {"activity": "food"},
                {"organisation": "agency", "modality": "in_kind", "region": "North", "cost_per_person": 1}
                | {"activity": "food", "cost_per_presence": 4},
                {"organisation": "elders", "activity": "food", "site": "B", "cost_per_person": 0.5},
                {
                    "organisation": "agency",
                    "activity": "health",
                    "cost_per_person": 3,
                    "cost_per_presence": 2,
                },
            ],
            "presence": [
                {"organisation": "agency", "site": "B", "activity": "food", "status": "agreed"},
                {"organisation": "agency", "site": "A", "activity": "health", "status": "agreed"},
            ],
            "handover": [{"activity": "food", "local_share": 0.9}],
            "funds": [
                {"fund": "aid", "donor": "Norway", "amount": 150},
                {"fund": "pool", "donor": "many", "amount": 9000},
            ],
            "earmarks": [{"fund": "aid", "sector": "Food"}, {"fund": "aid", "region": "South"}],
            "units": [
                {
                    **{"unit": "company", "persons": 100, "available": 3, "deployment_cost": 50},
                    **{"cost_per_period": 7, "security": 2, "tasks": "patrol", "people_protected": 120},
                    "escort_t": 5,
                },
            ],
            "deployments": [{"unit": "company", "site": "A", "count": 1}],
            "unit_rules": [{"unit": "company", "site": "A", "min": 2}],
            "movement": [{"persons": 300}],
            **rich_goods.TABLES,
        },
    )


def rich_plan() -> Plan:
    """Serves some, moves a company from B to A, breaks a mandate of each kind, pays from both funds.

    A third company escorts goods to A; what is for the elders goes to B without.
    """
    service = [
        serve("agency", "A", 50, period=1, modality="cash"),
        serve("agency", "A", 20, period=1, modality="in_kind", scope="region"),
        serve("elders", "B", 30, period=1, scope="site"),
        serve("agency", "A", 80, period=2, modality="cash"),
        serve("agency", "A", 10, period=2, modality="in_kind", scope="region"),
        serve("elders", "B", 45, period=2, scope="site"),
        serve("agency", "A", 25, activity="health", period=1),
        guard("A", "A", 90, period=1),
        guard("A", "B", 20, period=1),
        guard("B", "B", 25, period=1),
        guard("A", "A", 100, period=2),
        guard("A", "B", 40, period=2),
    ]
    presence = [serve("agency", "A", 0, activity="health", period=2)]
    stationing = {("company", "A", 1): 1, ("company", "B", 1): 1, ("company", "A", 2): 2}
    return Author(
        rich_mission(),
        service,
        presence=presence,
        stationing=stationing,
        goods=rich_goods.DECISIONS,
        escorts=rich_goods.ESCORTS,
    ).plan(TIERS)
