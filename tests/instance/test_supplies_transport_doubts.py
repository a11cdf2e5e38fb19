"""Family supplies: what is allowed but probably not meant of routes and fleets, worded by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.instance.country import Row
from tests.instance.pipeline import RAIL, ROAD, SUPPLIES, TRACK, TRUCKS, warnings

ROUTES = [RAIL, ROAD, TRACK]
CONVOY: Row = {"unit": "convoy", "persons": 30, "available": 1, "escort_t": 40}
ACCEPTING: list[Row] = [{"organisation": "wfp", "accepts_armed_escort": "yes"}, {"organisation": "icrc"}]
TRIP = (
    "'truck' of 'hub' takes 160 hours to 'c' and back by road, but hours_per_period is 150; correct one of "
    "them, or give the route a longer lead_time"
)

DOUBTS: dict[str, tuple[Row, dict[str, Any], tuple[Any, ...]]] = {
    "a route that is closed before the mission": (
        {"start": "2011-03-01"},
        {"routes": [*ROUTES, {**RAIL, "mode": "air", "until": "2011-02-28"}]},
        (
            *("routes", 4, "until", None),
            "the route from 'port' to 'a' is closed before the mission starts; it carries nothing",
        ),
    ),
    "a route that opens after the mission": (
        {},
        {"routes": [*ROUTES, {**RAIL, "mode": "air", "from": "4"}]},
        (
            *("routes", 4, "from", None),
            "the route from 'port' to 'a' opens after the mission ends; it carries nothing",
        ),
    ),
    # Sent in period 2 at the earliest, it is there in period 4 of 3.
    "a route beyond the horizon": (
        {},
        {"routes": [*ROUTES, {**RAIL, "mode": "sea", "from": "2", "lead_time": 2}]},
        (
            *("routes", 4, "lead_time", "2"),
            "what is sent on the route from 'port' to 'a' arrives in period 4 at the earliest, but the "
            "mission ends with period 3; it carries nothing",
        ),
    ),
    "a route of no capacity": (
        {},
        {"routes": [*ROUTES, {**RAIL, "mode": "air", "capacity_t": 0}]},
        (
            *("routes", 4, "capacity_t", "0"),
            "the route from 'port' to 'a' carries nothing; give the tonnes of a period, or leave it blank "
            "for no limit",
        ),
    ),
    # A period has 720 hours.
    "a journey longer than its lead time": (
        {},
        {"routes": [RAIL, {**ROAD, "hours": 800}, TRACK]},
        (
            *("routes", 2, "hours", "800"),
            "one way takes 800 hours and a period has 720, but lead_time is 0; correct one of them",
        ),
    ),
    "a route to the site of the depot": (
        {},
        {"routes": [*ROUTES, {"origin": "hub", "destination": "b", "hours": 1}]},
        (
            *("routes", 4, "destination", "b"),
            "depot 'hub' stands at 'b' and supplies it without a route; this one is not needed",
        ),
    ),
    "an escort that nobody gives": (
        {},
        {"routes": [*ROUTES, {**RAIL, "mode": "road", "escort": "yes"}], "organisations": ACCEPTING},
        (
            *("routes", 4, "escort", "yes"),
            "the route from 'port' to 'a' needs armed escort, but no unit escorts (column escort_t of "
            "units); it carries nothing that has weight",
        ),
    ),
    "an escort that nobody accepts": (
        {},
        {"routes": [*ROUTES, {**RAIL, "mode": "road", "escort": "yes"}], "units": [CONVOY]},
        (
            *("routes", 4, "escort", "yes"),
            "the route from 'port' to 'a' needs armed escort, but no organisation that delivers goods "
            "accepts it (column accepts_armed_escort); it carries nothing",
        ),
    ),
    "a fleet of a mode that no route has": (
        {},
        {"fleets": [TRUCKS, {**TRUCKS, "mode": "Road"}]},
        (
            *("fleets", 2, "mode", "Road"),
            "no route of mode 'Road' begins at 'hub', so these vehicles stand still; did you mean 'road'?",
        ),
    ),
    "a fleet that never stops": (
        {},
        {"fleets": [{**TRUCKS, "hours_per_period": 1200}]},
        (
            *("fleets", 1, "hours_per_period", "1200"),
            "hours_per_period is 1200, but a period has only 720 hours; it counts the hours of one vehicle",
        ),
    ),
    # 160 hours there and back of 150; by the length of the road, 3,200 km at 40 km/h, it is the same.
    "a trip longer than a vehicle drives": (
        {},
        {"routes": [RAIL, ROAD, {**TRACK, "hours": 80}], "fleets": [{**TRUCKS, "hours_per_period": 150}]},
        ("fleets", 1, "hours_per_period", "150", TRIP),
    ),
    "a trip longer than a vehicle drives, by its length": (
        {},
        {
            "routes": [RAIL, ROAD, TRACK],
            "travel_times": [{"origin": "c", "destination": "hub", "distance_km": 3200}],
            "fleets": [{**TRUCKS, "hours_per_period": 150}],
        },
        ("fleets", 1, "hours_per_period", "150", TRIP),
    ),
    "a payload in kilograms": (
        {},
        {"fleets": [{**TRUCKS, "payload_t": 10_000}]},
        (
            *("fleets", 1, "payload_t", "10000"),
            "payload_t is 10000, more than any vehicle on a road carries (100 t); was it meant in kg?",
        ),
    ),
}


@pytest.mark.parametrize(("header", "tables", "expected"), DOUBTS.values(), ids=DOUBTS.keys())
def test_a_doubt_is_worded(header: Row, tables: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert warnings(header, **tables) == [expected]


NO_DOUBT: dict[str, tuple[Row, dict[str, Any]]] = {
    "what comes and is sent in the last period": (
        {},
        {
            "supplies": [*SUPPLIES, {**SUPPLIES[0], "supplier": "x", "period": 1, "lead_time": 2}],
            "routes": [*ROUTES, {**RAIL, "mode": "sea", "lead_time": 2, "hours": 2000}],
        },
    ),
    "a trip of more than one period that arrives in the next": (
        {},
        {
            "routes": [RAIL, ROAD, {**TRACK, "hours": 140, "lead_time": 1}],
            "fleets": [{**TRUCKS, "hours_per_period": 150}],
        },
    ),
    "a trip of all the hours of a vehicle, and longer ones that it does not drive": (
        {},
        {
            "routes": [{**RAIL, "hours": 400}, {**ROAD, "hours": 400}, {**TRACK, "hours": 75}],
            "fleets": [{**TRUCKS, "hours_per_period": 150}],
        },
    ),
    "an escort": (
        {},
        {
            "routes": [*ROUTES, {**RAIL, "mode": "road", "escort": "yes"}],
            "units": [CONVOY],
            "organisations": ACCEPTING,
        },
    ),
    "a train is heavier": (
        {},
        {"fleets": [TRUCKS, {**TRUCKS, "depot": "port", "mode": "rail", "payload_t": 900}]}
        | {"routes": [{**RAIL, "hours": 9}, ROAD, TRACK]},
    ),
}


@pytest.mark.parametrize(("header", "tables"), NO_DOUBT.values(), ids=NO_DOUBT.keys())
def test_what_is_no_doubt(header: Row, tables: dict[str, Any]) -> None:
    assert warnings(header, **tables) == []
