"""The goods of the rich mission and of its plan: something in every table; see `rich`."""

from __future__ import annotations

TABLES = {
    "commodities": [
        {"commodity": "rice", "unit": "bag", "weight_t": 0.1, "volume_m3": 0.2, "price": 3},
        {"commodity": "bread", "weight_t": 0.05, "volume_m3": 0.1, "shelf_life": 1},
        {"commodity": "kit", "weight_t": 0.02, "volume_m3": 0.1, "price": 20},
        {"commodity": "pack", "weight_t": 0.01, "volume_m3": 0.01, "price": 5},
    ],
    "recipes": [
        {"activity": "food", "commodity": "rice", "per_person": 0.5},
        {"activity": "food", "commodity": "bread", "per_person": 0.2},
    ],
    "nutrients": [
        {"commodity": "kit", "nutrient": "doses", "content": 10},
        {"commodity": "pack", "nutrient": "doses", "content": 4},
    ],
    "requirements": [{"activity": "health", "nutrient": "doses", "per_person": 2, "max_per_person": 3}],
    "depots": [
        {
            **{"depot": "port", "latitude": 0.3, "longitude": 0.1, "organisation": "agency"},
            **{"opening_cost": 40, "cost_per_period": 6, "capacity_t": 50, "throughput_t": 20},
        },
        {"depot": "hub", "site": "A", "organisation": "elders", "cost_per_period": 2, "capacity_m3": 9},
    ],
    "stock": [
        {"depot": "port", "commodity": "rice", "quantity": 40},
        {"depot": "port", "commodity": "bread", "quantity": 30, "expires": 1},
    ],
    "supplies": [
        {"depot": "port", "commodity": "kit", "supplier": "maker", "max_quantity": 10},
        {"depot": "port", "commodity": "pack", "price": 6},
        {
            **{"depot": "port", "commodity": "rice", "supplier": "trader", "price": 3.5},
            **{"period": 1, "lead_time": 1},
        },
        {
            **{"depot": "hub", "commodity": "bread", "supplier": "Chad", "pledged": 20, "lead_time": 1},
            **{"period": 1, "max_quantity": 0},
        },
    ],
    "routes": [
        {"origin": "port", "destination": "A", "cost_per_t": 2, "hours": 3, "escort": "yes"},
        {"origin": "port", "destination": "B", "cost_per_t": 3, "opening_cost": 25, "capacity_t": 10},
        {"origin": "port", "destination": "hub", "mode": "river", "cost_per_t": 1, "lead_time": 1},
        {"origin": "hub", "destination": "B", "mode": "river", "cost_per_t": 4},
    ],
    "fleets": [
        {
            **{"depot": "port", "vehicle": "truck", "count": 5, "payload_t": 2, "payload_m3": 3},
            **{"hours_per_period": 40, "cost_per_hour": 1.5},
        }
    ],
    "stock_targets": [{"depot": "port", "commodity": "rice", "min_quantity": 10, "min_life": 1}],
}

ANY, UNESCORTED = {"cargo": "any"}, {"cargo": "unescorted"}


def _of(commodity, quantity, cargo=ANY, expires=None, **more):
    return {"commodity": commodity, "quantity": quantity, "expires": expires, **cargo, **more}


def _stock(commodity, quantity, cargo, expires=None):
    more = {"depot": "port", "source": "stock", "supplier": "", "period": 1, "declined": 0.0}
    return _of(commodity, quantity, cargo, expires, **more)


# What is left of the bread of period 2 expires as the mission ends.
CHAD = {"depot": "hub", "source": "pledge", "supplier": "Chad", "period": 2}
INTAKE = [
    _stock("rice", 15, ANY),
    _stock("rice", 25, UNESCORTED),
    _stock("bread", 10, ANY, 1),
    _stock("bread", 20, UNESCORTED, 1),
    _of("bread", 4, ANY, 2, **CHAD, declined=4.0),
    _of("bread", 12, UNESCORTED, 2, **CHAD, declined=0.0),
]

PURCHASES = [
    {"depot": "port", "commodity": "kit", "quantity": 4, "supplier": "maker"},
    {"depot": "port", "commodity": "pack", "quantity": 6},
    {"depot": "port", "commodity": "rice", "quantity": 20, "supplier": "trader", **UNESCORTED},
]

TO_A = {"origin": "port", "destination": "A"}
TO_B = {"origin": "port", "destination": "B"}
OVER = {"origin": "hub", "destination": "A", "mode": "local", "period": 2}
SHIPMENTS = [
    _of("rice", 10, **TO_A),
    _of("bread", 4, ANY, 1, **TO_A),
    _of("kit", 4, **TO_A),
    _of("pack", 5, **TO_A),
    _of("rice", 20, UNESCORTED, **TO_B),
    _of("bread", 6, UNESCORTED, 1, **TO_B),
    _of("rice", 3, origin="port", destination="hub", mode="river"),
    _of("rice", 2, **TO_A, period=2),
    _of("rice", 17.5, UNESCORTED, **TO_B, period=2),
    _of("rice", 3, **OVER),
    _of("bread", 2, ANY, 2, **OVER),
    _of("bread", 9, UNESCORTED, 2, origin="hub", destination="B", mode="river", period=2),
]

# Period 1: 20 people in kind at A, 30 at B, 25 in need of 2 to 3 doses each. Period 2: 10 at A, 45 at B.
FOOD_AT_A = {"site": "A", "activity": "food"}
FOOD_AT_B = {"site": "B", "activity": "food"}
HEALTH = {"site": "A", "activity": "health"}
DISTRIBUTIONS = [
    _of("rice", 10, **FOOD_AT_A),
    _of("bread", 4, ANY, 1, **FOOD_AT_A),
    _of("kit", 4, **HEALTH),
    _of("pack", 5, **HEALTH),
    _of("rice", 15, UNESCORTED, **FOOD_AT_B),
    _of("bread", 6, UNESCORTED, 1, **FOOD_AT_B),
    _of("rice", 5, **FOOD_AT_A, period=2),
    _of("bread", 2, ANY, 2, **FOOD_AT_A, period=2),
    _of("rice", 22.5, UNESCORTED, **FOOD_AT_B, period=2),
    _of("bread", 9, UNESCORTED, 2, **FOOD_AT_B, period=2),
]

DECISIONS = {
    "intake": INTAKE,
    "purchases": PURCHASES,
    "shipments": SHIPMENTS,
    "distributions": DISTRIBUTIONS,
}
ESCORTS = {("company", 1): 1, ("company", 2): 1}
