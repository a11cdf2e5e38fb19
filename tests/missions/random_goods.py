"""Small missions of supplies at random: round numbers, so that ties and rules that just bind are common."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import pandas as pd

from tests.missions.draft import Draft

SITES = ("abri", "bois")
DEPOTS = ("port", "hub")
GOODS = ("rice", "oil")
TIERS = (["mandate", "need", "cost"], ["mandate", "need", "waste", "cost"])


def draft_of_goods(seed: int) -> Draft:
    """Return a mission of two depots, two sites and two commodities, always the same for a seed."""
    dice = random.Random(seed)
    periods = dice.randint(2, 3)
    tables = {
        "sites": _rows(dice, site=SITES, storage_t=("", "0", "2", "5"), market_capacity=("", "20")),
        "activities": [{"activity": "food", "sector": "relief"}],
        "needs": _rows(dice, site=SITES, activity=("food",), people=("50", "100"), severity=("1", "4")),
        "organisations": [
            {"organisation": "agency", "accepts_armed_escort": "yes"},
            {"organisation": "charity", "accepts_armed_escort": "no"},
        ],
        "capabilities": _rows(
            dice,
            organisation=("agency", "charity"),
            activity=("food",),
            modality=("in_kind", "in_kind", "service", "cash"),
            cost_per_person=("", "1"),
            max_people=("", "60"),
        ),
        "commodities": _rows(
            dice,
            commodity=GOODS,
            weight_t=("0.1", "0.1", "0.05", "0"),
            volume_m3=("0.1", "0.3"),
            price=("1", "2"),
            shelf_life=("", "1", "2"),
        ),
        "recipes": [{"activity": "food", "commodity": "rice", "per_person": "1"}],
        "depots": _rows(
            dice,
            depot=DEPOTS,
            site=("", "", "abri"),
            capacity_t=("", "20"),
            throughput_t=("", "8"),
            opening_cost=("", "30"),
            cost_per_period=("", "7"),
        ),
        "stock": [{"depot": "hub", "commodity": "rice", "quantity": "40", "expires": dice.choice(("", "1"))}],
        "supplies": [
            {
                "depot": depot,
                "commodity": good,
                "lead_time": dice.choice(("0", "1")),
                "max_quantity": dice.choice(("", "40", "0")),
                "pledged": dice.choice(("", "30")),
            }
            for depot in DEPOTS
            for good in GOODS
        ],
        "routes": _routes(dice),
        "units": _rows(
            dice,
            unit=("company",),
            persons=("100",),
            available=("1", "2"),
            escort_t=("3", "6"),
            deployment_cost=("", "9"),
            cost_per_period=("", "4"),
        ),
    }
    if dice.random() < 0.5:
        tables["nutrients"] = [{"commodity": good, "nutrient": "kcal", "content": "2"} for good in GOODS]
        tables["requirements"] = [{"activity": "food", "nutrient": "kcal", "per_person": "3"}]
    if dice.random() < 0.5:
        fleet = {"depot": "port", "vehicle": "truck", "count": "2", "payload_t": "3", "hours_per_period": "8"}
        bulky = {**fleet, "vehicle": "pickup", "payload_t": "1", "payload_m3": dice.choice(("", "2"))}
        tables["fleets"] = [fleet, bulky][: dice.randint(1, 2)]
    if dice.random() < 0.5:
        tables["stock_targets"] = [{"depot": "hub", "commodity": "rice", "min_quantity": "10"}]
    if dice.random() < 0.5:
        tables["funds"] = [{"fund": "core", "amount": dice.choice(("100", "300"))}]
    header = {"format": 1, "name": "goods", "periods": periods, "objective": {"tiers": dice.choice(TIERS)}}
    return Draft(header, {name: pd.DataFrame(rows).fillna("") for name, rows in tables.items()})


def _rows(dice: random.Random, **columns: Iterable[str]) -> list[dict[str, str]]:
    """Return a row for each value of the first column, the other cells drawn from theirs."""
    (key, names), *others = columns.items()
    return [{key: name, **{other: dice.choice(tuple(of)) for other, of in others}} for name in names]


def _routes(dice: random.Random) -> list[Mapping[str, str]]:
    ways = [("port", "hub"), ("hub", "port"), *((depot, site) for depot in DEPOTS for site in SITES)]
    return [
        {
            "origin": origin,
            "destination": destination,
            "mode": dice.choice(("road", "air")),
            "cost_per_t": dice.choice(("", "10")),
            "capacity_t": dice.choice(("", "5")),
            "lead_time": dice.choice(("0", "0", "1")),
            "opening_cost": dice.choice(("", "20")),
            "escort": dice.choice(("no", "yes")),
            "hours": dice.choice(("0", "2")),
            "from": dice.choice(("", "", "2")),
        }
        for origin, destination in ways
        if dice.random() < 0.7
    ] or [{"origin": "port", "destination": "abri"}]
