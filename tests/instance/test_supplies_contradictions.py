"""Family supplies: tables that contradict one another, worded by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.instance.country import ACTIVITIES, SITES, Row
from tests.instance.pipeline import (
    BASKET,
    COMMODITIES,
    DEPOTS,
    PIPELINE,
    RAIL,
    RECIPES,
    ROAD,
    TRACK,
    TRUCKS,
    errors,
)

ROUTES = [RAIL, ROAD, TRACK]
KCAL = BASKET["requirements"][0]
# Where no distance can be computed: the hub stands at b, whose coordinates are gone.
UNMAPPED: list[Row] = [{"site": site["site"], "region": site["region"]} for site in SITES]
NOT_KNOWN = (
    "how long the fleet of 'hub' takes to 'c' by road is not known; "
    "give hours or distance_km here, a row in travel_times, or coordinates of both places"
)

CONTRADICTIONS: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "a depot with the name of a site": (
        {"depots": [*DEPOTS, {"depot": "a", "site": "a"}]},
        (
            *("depots", 3, "depot", "a"),
            "depot 'a' has the name of a site, so that routes could not tell them apart; name it 'a depot', "
            "say, and write the site into column site if it stands there",
        ),
    ),
    "a route to itself": (
        {"routes": [*ROUTES, {"origin": "port", "destination": "port"}]},
        (
            *("routes", 4, "destination", "port"),
            "the route leads from 'port' to itself; correct origin or destination",
        ),
    ),
    "the mode of a handover": (
        {"routes": [{**RAIL, "mode": "local"}, ROAD, TRACK]},
        (
            *("routes", 1, "mode", "local"),
            "mode 'local' is kept for depots that stand at a site; write the site into column site of "
            "depots, or name another mode",
        ),
    ),
    # The first is open in periods 1 to 2, the second from period 2 on: both in period 2.
    "a route twice in one period": (
        {"routes": [{**RAIL, "until": "2"}, ROAD, TRACK, {**RAIL, "from": "2"}]},
        (
            *("routes", 4, "origin, destination, mode", "port, a, rail"),
            "the route from 'port' to 'a' by rail stands in row 1 for the same periods; keep one, or give "
            "them different modes or dates",
        ),
    ),
    # 40,000 kg of rice and 2,001 tins of 5 kg are 50.005 t, where 50 t can stay.
    "stock above capacity": (
        {
            "stock": [
                {"depot": "port", "commodity": "rice", "quantity": 40_000},
                {"depot": "port", "commodity": "oil", "quantity": 2001},
            ]
        },
        (
            *("depots", 1, "capacity_t", "50"),
            "depot 'port' can hold 50 t, but its stock at the start is 50.005 t; correct its stock, or "
            "capacity_t",
        ),
    ),
    # 40,000 kg of 2 litres each are 80 m3.
    "stock above capacity in cubic metres": (
        {
            "commodities": [{**COMMODITIES[0], "volume_m3": 0.002}, COMMODITIES[1]],
            "depots": [{**DEPOTS[0], "capacity_m3": 79}, DEPOTS[1]],
        },
        (
            *("depots", 1, "capacity_m3", "79"),
            "depot 'port' can hold 79 m3, but its stock at the start is 80 m3; correct its stock, or "
            "capacity_m3",
        ),
    ),
    # Neither capacity counts rice without weight and volume, and the port keeps nothing.
    "stock where nothing stays": (
        {
            "commodities": [{**COMMODITIES[0], "weight_t": 0}, COMMODITIES[1]],
            "depots": [{"depot": "port", "capacity_t": 0, "capacity_m3": 0}, DEPOTS[1]],
        },
        (
            *("stock", 1, "quantity", "40000"),
            "depot 'port' keeps nothing (capacity_t and capacity_m3 are 0), but has 40000 of 'rice' at the "
            "start; correct quantity, or a capacity",
        ),
    ),
    "a fleet that drives nobody knows how long": (
        {"sites": UNMAPPED},
        ("routes", 3, "hours", None, NOT_KNOWN),
    ),
    "the hours of another route": (
        {"sites": UNMAPPED, "travel_times": [{"origin": "hub", "destination": "a", "minutes": 60}]},
        ("routes", 3, "hours", None, NOT_KNOWN),
    ),
    "a recipe of the force": (
        {"recipes": [*RECIPES, {"activity": "patrol", "commodity": "rice", "per_person": 1}]},
        (
            *("recipes", 3, "activity", "patrol"),
            "activity 'patrol' has provider force, and posts of units take no goods; remove the row, or make "
            "the provider organisation",
        ),
    ),
    "a requirement of the force": (
        {**BASKET, "requirements": [KCAL, {**KCAL, "activity": "patrol"}]},
        (
            *("requirements", 2, "activity", "patrol"),
            "activity 'patrol' has provider force, and posts of units take no goods; remove the row, or make "
            "the provider organisation",
        ),
    ),
    # What arrives in period 1 may be given out in periods 1 and 2: after period 1 one is left, not two.
    "a target that goods are never fresh enough for": (
        {
            "commodities": [{**COMMODITIES[0], "shelf_life": 2}, COMMODITIES[1]],
            "stock_targets": [{"depot": "hub", "commodity": "rice", "min_quantity": 5, "min_life": 2}],
        },
        (
            *("stock_targets", 1, "min_life", "2"),
            "min_life is 2, but 'rice' may be given out for a shelf_life of 2, the period of arrival "
            "included, so that no more than 1 can be left; correct min_life, or shelf_life",
        ),
    ),
}


@pytest.mark.parametrize(("tables", "expected"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_contradiction_is_worded(tables: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert errors(**tables) == [expected]


NO_CONTRADICTION: dict[str, dict[str, Any]] = {
    "the same way by another mode": {"routes": [*ROUTES, {**RAIL, "mode": "road"}]},
    "the same way at another time": {"routes": [{**RAIL, "until": "2"}, ROAD, TRACK, {**RAIL, "from": "3"}]},
    "there and back": {"routes": [*ROUTES, {"origin": "hub", "destination": "port", "hours": 3}]},
    # Exactly full: 40,000 kg and 2,000 tins of 5 kg are 50 t.
    "a full depot": {
        "stock": [
            {"depot": "port", "commodity": "rice", "quantity": 40_000},
            {"depot": "port", "commodity": "oil", "quantity": 2000},
        ]
    },
    # What has expired does not count: without it 40 t are there.
    "a depot full of what has expired": {
        "stock": [
            *PIPELINE["stock"],
            {"depot": "port", "commodity": "rice", "quantity": 99_000, "expires": "0"},
        ]
    },
    "hours of the route": {"sites": UNMAPPED, "routes": [RAIL, ROAD, {**TRACK, "hours": 5}]},
    "length of the route": {"sites": UNMAPPED, "routes": [RAIL, ROAD, {**TRACK, "distance_km": 5}]},
    # Known for the way back, which stands for the way there.
    "measured hours": {
        "sites": UNMAPPED,
        "travel_times": [{"origin": "c", "destination": "hub", "minutes": 60}],
    },
    # The hub has coordinates of its own, and c those of the country.
    "a mapped depot": {
        "sites": [*UNMAPPED[:2], SITES[2]],
        "depots": [DEPOTS[0], {**DEPOTS[1], "latitude": 5, "longitude": -4}],
    },
    # Under contract: nobody asks how long it takes.
    "no fleet": {"sites": UNMAPPED, "fleets": []},
    "a fleet of another mode": {"sites": UNMAPPED, "fleets": [{**TRUCKS, "mode": "river"}]},
    "a target within the shelf life": {
        "commodities": [{**COMMODITIES[0], "shelf_life": 3}, COMMODITIES[1]],
        "stock_targets": [{"depot": "hub", "commodity": "rice", "min_quantity": 5, "min_life": 2}],
    },
    "a target of what keeps for ever": {
        "stock_targets": [{"depot": "hub", "commodity": "rice", "min_quantity": 5, "min_life": 9}]
    },
    "a recipe that may be its most": {"recipes": [{**RECIPES[0], "max_per_person": 12}]},
}


@pytest.mark.parametrize("tables", NO_CONTRADICTION.values(), ids=NO_CONTRADICTION.keys())
def test_what_is_no_contradiction(tables: dict[str, Any]) -> None:
    assert errors(**tables) == []


def test_contradictions_are_found_together() -> None:
    tables = {
        "depots": [*DEPOTS, {"depot": "a"}],
        "routes": [*ROUTES, {"origin": "a", "destination": "a"}, ROAD, {**ROAD, "from": "2"}],
        "fleets": [TRUCKS, {**TRUCKS, "depot": "a"}],
        "activities": [{**ACTIVITIES[0], "provider": "force"}, *ACTIVITIES[1:]],
        "capabilities": [],
    }
    places = [problem[:3] for problem in errors(**tables)]
    # Row 5 repeats row 2 with the same dates, which the key reports; nothing else is looked at then.
    assert places == [("routes", 5, "origin, destination, mode, from")]
    places = [
        problem[:3] for problem in errors(**tables | {"routes": [*tables["routes"][:4], tables["routes"][5]]})
    ]
    assert places == [
        ("depots", 3, "depot"),
        ("routes", 4, "destination"),
        ("routes", 5, "origin, destination, mode"),
        ("recipes", 1, "activity"),
        ("recipes", 2, "activity"),
    ]
