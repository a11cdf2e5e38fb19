"""Family supplies: which goods can come to which sites at all, and what is said where they cannot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.instance.country import CAPABILITIES, Row
from tests.instance.pipeline import BASKET, DEPOTS, RAIL, ROAD, SUPPLIES, TRACK, TRUCKS, warnings

ROUTES = [RAIL, ROAD, TRACK]
CONVOY: Row = {"unit": "convoy", "persons": 30, "available": 1, "escort_t": 40}
ACCEPTING: list[Row] = [{"organisation": "wfp", "accepts_armed_escort": "yes"}, {"organisation": "icrc"}]


def _unmet(item: str, where: str, how: str = "cannot reach") -> str:
    return f"activity 'food' needs {item}, which {how} {where}; this need will stay unmet for want of goods"


ESCORTED = {"routes": [{**RAIL, "escort": "yes"}, ROAD, TRACK], "units": [CONVOY]}
# Rows of needs: 1 at a, 2 at b, 3 at c. Reported is the first thing that is missing, once per activity.
UNREACHED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no route to c": ({"routes": [RAIL, ROAD], "fleets": []}, 3, _unmet("'rice'", "'c'")),
    # b is reached from the hub that stands there, once goods come to the hub.
    "no route to the hub": ({"routes": [RAIL, TRACK]}, 2, _unmet("'rice'", "'b' and 1 more")),
    "no oil at the hub": (
        {"supplies": [SUPPLIES[0], {**SUPPLIES[1], "depot": "hub"}]},
        1,
        _unmet("'oil'", "'a'"),
    ),
    # Oil comes in period 2 of 3; on a way of two periods it would come to a in period 4.
    "too slow": (
        {"routes": [{**RAIL, "lead_time": 2}, ROAD, TRACK]},
        1,
        _unmet("'oil'", "'a'"),
    ),
    # Oil is at the port in period 2, when the railway is closed already.
    "closed too early": ({"routes": [{**RAIL, "until": "1"}, ROAD, TRACK]}, 1, _unmet("'oil'", "'a'")),
    "a basket": (
        {**BASKET, "recipes": [], "routes": [ROAD, TRACK]},
        1,
        _unmet("nutrient 'kcal'", "'a'"),
    ),
    # icrc accepts escorts and delivers food, but not at a.
    "refused": (
        {
            **ESCORTED,
            "organisations": [
                {"organisation": "wfp"},
                {"organisation": "icrc", "accepts_armed_escort": "yes"},
            ],
            "capabilities": [*CAPABILITIES, {"organisation": "icrc", "activity": "food", "site": "b"}],
        },
        1,
        _unmet("'rice'", "'a'", "can reach only under armed escort, which its organisations refuse,"),
    ),
}


@pytest.mark.parametrize(("tables", "row", "message"), UNREACHED.values(), ids=UNREACHED.keys())
def test_needs_that_goods_cannot_reach(tables: dict[str, Any], row: int, message: str) -> None:
    assert warnings(**tables) == [("needs", row, "activity", "food", message)]


def test_a_route_of_no_capacity_reaches_nobody_and_is_told() -> None:
    nothing = (
        "the route from 'port' to 'a' carries nothing; give the tonnes of a period, or leave it blank for "
        "no limit"
    )
    assert warnings(routes=[{**RAIL, "capacity_t": 0}, ROAD, TRACK]) == [
        ("routes", 1, "capacity_t", "0", nothing),
        ("needs", 1, "activity", "food", _unmet("'rice'", "'a'")),
    ]


REACHED: dict[str, dict[str, Any]] = {
    # Through three depots within a period, whatever the order of the rows.
    "through many depots": {
        "depots": [*DEPOTS, {"depot": "x"}, {"depot": "y"}],
        "routes": [
            *(RAIL, TRACK, {"origin": "y", "destination": "hub"}, {"origin": "x", "destination": "y"}),
            {"origin": "port", "destination": "x"},
        ],
    },
    "round in a circle": {"routes": [*ROUTES, {"origin": "hub", "destination": "port", "hours": 3}]},
    "in a basket of oil alone": {
        **BASKET,
        "recipes": [],
        "stock": [],
        "supplies": [SUPPLIES[0], {**SUPPLIES[1], "depot": "hub"}],
    },
    "by cash where no goods come": {
        "routes": [ROAD, TRACK],
        "capabilities": [
            *CAPABILITIES,
            {"organisation": "icrc", "activity": "food", "modality": "cash", "region": "north"},
        ],
    },
    "by one who accepts an escort": {**ESCORTED, "organisations": ACCEPTING},
    "where nobody is in need": {
        "routes": [ROAD, TRACK],
        "needs": [{"site": site, "activity": "food", "people": 5 * (site != "a")} for site in "abc"],
    },
    # It opens in period 3, and what came in period 2 has waited for it.
    "after waiting": {"routes": [{**RAIL, "from": "3"}, ROAD, TRACK]},
}


@pytest.mark.parametrize("tables", REACHED.values(), ids=REACHED.keys())
def test_needs_that_goods_can_reach(tables: dict[str, Any]) -> None:
    assert warnings(**tables) == []


def test_a_fleet_without_vehicles_reaches_nobody() -> None:
    assert warnings(fleets=[{**TRUCKS, "count": 0}]) == [
        (
            *("fleets", 1, "count", "0"),
            "the fleet of 'hub' has no vehicles, so nothing leaves it by road; remove the row if routes are "
            "driven under contract",
        ),
        ("needs", 3, "activity", "food", _unmet("'rice'", "'c'")),
    ]
