"""What the plan leaves of a limit, but too little, is not said to be used up."""

from __future__ import annotations

import pytest

import pklogistics
from pklogistics.explain import explain

WHO = {"organisation": "rc", "activity": "c"}
TABLES = {
    "sites": [{"site": "A", "latitude": 0, "longitude": 0}],
    "activities": [{"activity": "c", "sector": "h", "all_or_nothing": "yes"}],
    "needs": [{"site": "A", "activity": "c", "people": 1000}],
    "organisations": [{"organisation": "rc"}],
    "capabilities": [WHO],
}
RICE = {"depot": "d", "commodity": "rice"}
GOODS = {
    "commodities": [{"commodity": "rice", "weight_t": 0.01, "price": 1}],
    "recipes": [{"activity": "c", "commodity": "rice", "per_person": 1}],
    "depots": [{"depot": "d"}],
    "stock": [{**RICE, "quantity": 1000}],
    "routes": [{"origin": "d", "destination": "A", "cost_per_t": 0}],
    "capabilities": [{**WHO, "modality": "in_kind"}],
}
BOUGHT = {**GOODS, "stock": [{**RICE, "quantity": 0}], "supplies": [{**RICE, "price": 1, "period": 1}]}
GUARDED = {
    "sites": [{**TABLES["sites"][0], "security_required": 10}],
    "units": [{"unit": "g", "persons": 100, "available": 3, "security": 5}],
}


# A thousand are served whole or not at all, each case lets three hundred be, and so nobody is: all that there
# is of it is left. Units of a hundred persons come in pairs, and 150 persons may.
@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (
            {"capabilities": [{**WHO, "max_people": 300}]},
            "organisation 'rc' may serve no more than 300 further people by its max_people (700 people more)",
        ),
        (
            {"capabilities": [{**WHO, "max_people_total": 300}]},
            "organisation 'rc' can serve no more than 300 further people in all (700 people more)",
        ),
        (
            {
                "sites": [{"site": "A", "market_capacity": 300}],
                "capabilities": [{**WHO, "modality": "cash"}],
            },
            "the market of site 'A' bears cash and vouchers for no more than 300 further people"
            " (700 people more)",
        ),
        (
            {**GOODS, "stock": [{**RICE, "quantity": 300}]},
            "commodity 'rice': no more than 300 units left at depot 'd' (700 units more)",
        ),
        (
            {**GOODS, "routes": [{**GOODS["routes"][0], "capacity_t": 3}]},
            "the route from depot 'd' to site 'A' takes no more than 3 further t (7 t more)",
        ),
        (
            {**GOODS, "routes": [{**GOODS["routes"][0], "capacity_t": 3, "opening_cost": 9}]},
            "the route from depot 'd' to site 'A' takes no more than 3 further t (7 t more)",
        ),
        (
            {**BOUGHT, "depots": [{"depot": "d", "throughput_t": 3}]},
            "depot 'd' can take in no more than 3 further t (7 t more)",
        ),
        (
            {
                **BOUGHT,
                "needs": [{**TABLES["needs"][0], "period": 2}],
                "depots": [{"depot": "d", "capacity_t": 3}],
            },
            "depot 'd' has room for no more than 3 further t in period 1 (7 t more)",
        ),
        (
            {**GUARDED, "movement": [{"persons": 150}]},
            "no more than 150 further persons can be moved (50 more)",
        ),
        (
            {**GUARDED, "sites": [{**GUARDED["sites"][0], "max_persons": 150}]},
            "there is room for no more than 150 further troops at site 'A' (50 persons more)",
        ),
    ],
)
def test_what_is_left_but_too_little_is_said_to_be_too_little(tables, words):
    header = {"name": "small", "periods": 2 if "period" in tables.get("needs", [{}])[0] else 1}
    mission = pklogistics.Mission.from_tables(header, {**TABLES, **tables})
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls
    assert found["reason"].tolist() == [f"{words}; it is served whole or not at all"]
    assert found["proven"].all()


def test_of_what_a_part_is_used_the_rest_is_told():
    # The market bears 700: the 600 of B are served, and of the 1,000 of C nobody, for they are served whole.
    tables = {
        **TABLES,
        "activities": [*TABLES["activities"], {"activity": "f", "sector": "h"}],
        "sites": [{"site": "A", "market_capacity": 700}],
        "needs": [*TABLES["needs"], {"site": "A", "activity": "f", "people": 600, "severity": 5}],
        "capabilities": [{**WHO, "activity": activity, "modality": "cash"} for activity in "cf"],
    }
    mission = pklogistics.Mission.from_tables({"name": "small", "periods": 1}, tables)
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls
    assert "for no more than 100 further people (900 people more)" in found["reason"].iloc[0]
