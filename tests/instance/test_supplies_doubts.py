"""Family supplies: what is allowed but probably not meant, worded by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.instance.country import Row
from tests.instance.pipeline import (
    BASKET,
    COMMODITIES,
    DEPOTS,
    RAIL,
    RECIPES,
    ROAD,
    SUPPLIES,
    TRACK,
    TRUCKS,
    warnings,
)

RICE, OIL = COMMODITIES
TENT: Row = {"commodity": "tent", "weight_t": 0.05, "volume_m3": 0.4}
ROUTES = [RAIL, ROAD, TRACK]
KCAL = BASKET["requirements"][0]

DOUBTS: dict[str, tuple[Row, dict[str, Any], tuple[Any, ...]]] = {
    # 12 t of rice a person would be doubtful as well, but for the same reason.
    "kilograms that weigh a tonne": (
        {},
        {"commodities": [{**RICE, "weight_t": 1}, OIL], "stock": [], "stock_targets": []},
        (
            *("commodities", 1, "weight_t", "1"),
            "one kg of 'rice' weighs 1 t here, but a kg is 0.001 t; correct unit or weight_t",
        ),
    ),
    # Periods of 30 days: 20 kg a day are 600 kg. 121 tins of 5 kg are 605 kg.
    "more than anyone can carry": (
        {},
        {"recipes": [RECIPES[0], {**RECIPES[1], "per_person": 121}]},
        (
            *("recipes", 2, "per_person", "121"),
            "a person takes 605 kg of 'oil' in a period, more than 600 kg; per_person counts units of "
            "0.005 t each: was another unit meant?",
        ),
    ),
    # In a period of one day the limit is 200 kg.
    "more than anyone can carry in a day": (
        {"period_days": 1},
        {"recipes": [RECIPES[0], {**RECIPES[1], "per_person": 41}], "fleets": []},
        (
            *("recipes", 2, "per_person", "41"),
            "a person takes 205 kg of 'oil' in a period, more than 200 kg; per_person counts units of "
            "0.005 t each: was another unit meant?",
        ),
    ),
    # 0.00001 tins of 5 kg are 0.05 g.
    "less than anyone can weigh": (
        {},
        {"recipes": [RECIPES[0], {**RECIPES[1], "per_person": 1e-5}]},
        (
            *("recipes", 2, "per_person", "1e-05"),
            "a person takes 0.05 g of 'oil' in a period, less than 0.1 g; per_person counts units of "
            "0.005 t each: was another unit meant?",
        ),
    ),
    # 12 kg a month, written as 0.012 t where rice is counted in kg. 0.7 g a day are 21 g.
    "a recipe in tonnes": (
        {},
        {"recipes": [{**RECIPES[0], "per_person": 0.012}, RECIPES[1]]},
        (
            *("recipes", 1, "per_person", "0.012"),
            "a person takes 12 g of 'rice' in a period, less than 21 g; per_person counts units of "
            "0.001 t each: was another unit meant?",
        ),
    ),
    "a recipe of nothing": (
        {},
        {"recipes": [RECIPES[0], {**RECIPES[1], "per_person": 0}]},
        (
            *("recipes", 2, "per_person", "0"),
            "per_person is 0, so activity 'food' is served without any 'oil'; give what a person takes, or "
            "remove the row",
        ),
    ),
    "no weight where tonnes are limited": (
        {},
        {"commodities": [{**RICE, "weight_t": 0}, OIL]},
        (
            *("commodities", 1, "weight_t", "0"),
            "'rice' has no weight, so no limit of depots, sites, routes, vehicles or escorts in tonnes "
            "counts it; give weight_t",
        ),
    ),
    "no volume where cubic metres are limited": (
        {},
        {"commodities": [{**RICE, "volume_m3": 0.002}, OIL], "fleets": [{**TRUCKS, "payload_m3": 25}]},
        (
            *("commodities", 2, "volume_m3", "0"),
            "'oil' has no volume, so no limit of depots, sites or vehicles in cubic metres counts "
            "it; give volume_m3",
        ),
    ),
    "goods that no activity takes": (
        {},
        {
            "commodities": [*COMMODITIES, TENT],
            "stock": [{"depot": "port", "commodity": "tent", "quantity": 3}],
        },
        (
            *("commodities", 3, "commodity", "tent"),
            "no activity takes 'tent', which depots have or buy; it is given to nobody",
        ),
    ),
    "a limit of no basket": (
        {},
        {"recipes": [{**RECIPES[0], "max_per_person": 15}, RECIPES[1]]},
        (
            *("recipes", 1, "max_per_person", "15"),
            "activity 'food' has no requirements, so each person takes exactly per_person; max_per_person "
            "counts for nothing",
        ),
    ),
    "a recipe of what nobody has": (
        {},
        {"supplies": SUPPLIES[:1]},
        (
            *("recipes", 2, "commodity", "oil"),
            "no depot has, buys or is sent 'oil', so activity 'food' cannot be served in kind",
        ),
    ),
    # Nothing can be bought (0) and nothing is pledged.
    "a supplier that sells nothing": (
        {},
        {"supplies": [SUPPLIES[0], {**SUPPLIES[1], "max_quantity": 0}]},
        (
            *("recipes", 2, "commodity", "oil"),
            "no depot has, buys or is sent 'oil', so activity 'food' cannot be served in kind",
        ),
    ),
    "a nutrient that nothing holds": (
        {},
        {**BASKET, "requirements": [KCAL, {**KCAL, "nutrient": "kcals"}]},
        (
            *("requirements", 2, "nutrient", "kcals"),
            "no commodity holds nutrient 'kcals', so activity 'food' cannot be served in kind; "
            "did you mean 'kcal'?",
        ),
    ),
    "a nutrient that nobody has": (
        {},
        {
            "commodities": [*COMMODITIES, {"commodity": "csb", "weight_t": 0.001}],
            "nutrients": [*BASKET["nutrients"], {"commodity": "csb", "nutrient": "iron", "content": 65}],
            "requirements": [KCAL, {"activity": "food", "nutrient": "iron", "per_person": 600}],
        },
        (
            *("requirements", 2, "nutrient", "iron"),
            "no depot has, buys or is sent a commodity that holds 'iron', so activity 'food' cannot be "
            "served in kind",
        ),
    ),
    # At most 12 kg of 3600 kcal and 0.4 tins of 40,000 kcal: 43,200 + 16,000.
    "a basket that is too small": (
        {},
        {
            **BASKET,
            "recipes": [{**RECIPES[0], "max_per_person": 12}, {**RECIPES[1], "max_per_person": 0.4}],
        },
        (
            *("requirements", 1, "nutrient", "kcal"),
            "the recipe lets in no more than 59200 of 'kcal', but per_person is 63000, so activity 'food' "
            "cannot be served in kind",
        ),
    ),
    # At least 12 kg of 3600 kcal and 0.2 tins of 40,000 kcal: 43,200 + 8,000.
    "a basket that is too large": (
        {},
        {**BASKET, "requirements": [{**KCAL, "per_person": 0, "max_per_person": 50_000}]},
        (
            *("requirements", 1, "nutrient", "kcal"),
            "the recipe lets in at least 51200 of 'kcal', but max_per_person is 50000, so activity 'food' "
            "cannot be served in kind",
        ),
    ),
    # Period 1 ends on 30 March.
    "stock that has expired": (
        {"start": "2011-03-01"},
        {"stock": [{"depot": "port", "commodity": "rice", "quantity": 9, "expires": "2011-03-29"}]},
        (
            *("stock", 1, "expires", "rice"),
            "this stock of 'rice' at 'port' expires before the end of period 1; none of it can be given out",
        ),
    ),
    "a pledge beside which everything is free": (
        {},
        {"supplies": [*SUPPLIES, {**SUPPLIES[0], "supplier": "usaid", "price": 0, "pledged": 90}]},
        (
            *("supplies", 3, "max_quantity", None),
            "besides the pledge, 'rice' can be bought at 'port' without limit and for nothing; give "
            "max_quantity (0: there is only the pledge), or a price",
        ),
    ),
    # Ordered in period 2, it takes two more and comes in period 4 of 3.
    "a supply beyond the horizon": (
        {},
        {"supplies": [*SUPPLIES, {**SUPPLIES[0], "supplier": "x", "period": 2, "lead_time": 2}]},
        (
            *("supplies", 3, "lead_time", "2"),
            "'rice' for 'port' arrives in period 4 at the earliest, but the mission ends with period 3; it "
            "comes too late",
        ),
    ),
    # 60,000 kg where 50 t can stay.
    "a target above the capacity": (
        {},
        {"stock_targets": [{"depot": "port", "commodity": "rice", "min_quantity": 60_000}]},
        (
            *("stock_targets", 1, "min_quantity", "60000"),
            "60 t are to be kept at 'port', which can hold 50 t; the target will stay unmet",
        ),
    ),
    "a depot without a way out": (
        {},
        {"depots": [*DEPOTS, {"depot": "shed"}]},
        (
            *("depots", 3, "depot", "shed"),
            "no route leaves depot 'shed' and it stands at no site; what it holds reaches nobody",
        ),
    ),
}


@pytest.mark.parametrize(("header", "tables", "expected"), DOUBTS.values(), ids=DOUBTS.keys())
def test_a_doubt_is_worded(header: Row, tables: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert warnings(header, **tables) == [expected]


NO_DOUBT: dict[str, tuple[Row, dict[str, Any]]] = {
    "nothing": ({}, {}),
    "a basket": ({}, BASKET),
    "a basket without a recipe": ({}, {**BASKET, "recipes": []}),
    # Gross of its bag, and a unit that has no weight of its own.
    "packaging": ({}, {"commodities": [{**RICE, "weight_t": 0.00105}, {**OIL, "unit": "bottle"}]}),
    # Salt: 5 g a day are 150 g, well above 21 g. In tins 4 g are no doubt, for nobody weighs tins.
    "small rations": (
        {},
        {"recipes": [{**RECIPES[0], "per_person": 0.15}, {**RECIPES[1], "per_person": 0.0008}]},
    ),
    # 15 litres a person and day are 450 kg in a period of 30 days.
    "water": ({}, {"recipes": [{**RECIPES[0], "per_person": 450}, RECIPES[1]]}),
    "no weight where nothing is limited in tonnes": (
        {},
        {
            "commodities": [{**RICE, "weight_t": 0}, OIL],
            "depots": [{"depot": "port"}, DEPOTS[1]],
            "fleets": [],
        },
    ),
    "only the pledge": (
        {},
        {
            "supplies": [
                *SUPPLIES,
                {**SUPPLIES[0], "supplier": "x", "price": 0, "pledged": 9, "max_quantity": 0},
            ]
        },
    ),
    "stock of period 1": (
        {"start": "2011-03-01"},
        {"stock": [{"depot": "port", "commodity": "rice", "quantity": 9, "expires": "2011-03-30"}]},
    ),
    "a target that fits": (
        {},
        {"stock_targets": [{"depot": "port", "commodity": "rice", "min_quantity": 50_000}]},
    ),
}


@pytest.mark.parametrize(("header", "tables"), NO_DOUBT.values(), ids=NO_DOUBT.keys())
def test_what_is_no_doubt(header: Row, tables: dict[str, Any]) -> None:
    assert warnings(header, **tables) == []
