"""Family supplies: bad cells, unknown names and rows twice, worded by row."""

from __future__ import annotations

from typing import Any

import pytest

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
    errors,
)

ROUTES = [RAIL, ROAD, TRACK]
KCAL = BASKET["requirements"][0]

BAD_CELLS: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "a negative price": (
        {"commodities": [{**COMMODITIES[0], "price": -1}, COMMODITIES[1]]},
        (
            *("commodities", 1, "price", "-1"),
            "price is '-1'; expected a number of 0 or more (mission currency per unit)",
        ),
    ),
    "a negative price of a supplier": (
        {"supplies": [*SUPPLIES, {**SUPPLIES[0], "supplier": "x", "price": -0.5}]},
        (
            *("supplies", 3, "price", "-0.5"),
            "price is '-0.5'; expected a number of 0 or more (mission currency per unit)",
        ),
    ),
    "no weight": (
        {"commodities": [{**COMMODITIES[0], "weight_t": ""}, COMMODITIES[1]]},
        (
            *("commodities", 1, "weight_t", None),
            "weight_t is blank; expected a number of 0 or more (t per unit)",
        ),
    ),
    "a shelf life of no period": (
        {"commodities": [{**COMMODITIES[0], "shelf_life": 0}, COMMODITIES[1]]},
        (
            *("commodities", 1, "shelf_life", "0"),
            "shelf_life is '0'; expected a whole number of 1 or more (periods)",
        ),
    ),
    "a negative recipe": (
        {"recipes": [{**RECIPES[0], "per_person": -12}]},
        (
            *("recipes", 1, "per_person", "-12"),
            "per_person is '-12'; expected a number of 0 or more (units per person and period)",
        ),
    ),
    "a recipe that is more than its most": (
        {"recipes": [{**RECIPES[0], "max_per_person": 2}]},
        (
            *("recipes", 1, "per_person, max_per_person", "12, 2"),
            "per_person is greater than max_per_person; no basket can satisfy both",
        ),
    ),
    "a requirement that is more than its most": (
        {**BASKET, "requirements": [{**KCAL, "max_per_person": 62_999}]},
        (
            *("requirements", 1, "per_person, max_per_person", "63000, 62999"),
            "per_person is greater than max_per_person; no basket can satisfy both",
        ),
    ),
    "negative stock": (
        {"stock": [{"depot": "port", "commodity": "rice", "quantity": -4}]},
        (
            *("stock", 1, "quantity", "-4"),
            "quantity is '-4'; expected a number of 0 or more (units of the commodity)",
        ),
    ),
    "a negative limit of purchases": (
        {"supplies": [*SUPPLIES, {**SUPPLIES[0], "supplier": "x", "max_quantity": -1}]},
        (
            *("supplies", 3, "max_quantity", "-1"),
            "max_quantity is '-1'; expected a number of 0 or more (units of the commodity per period)",
        ),
    ),
    "half a period of lead time": (
        {"routes": [{**RAIL, "lead_time": 0.5}, ROAD, TRACK]},
        (
            *("routes", 1, "lead_time", "0.5"),
            "lead_time is '0.5'; expected a whole number of 0 or more (periods)",
        ),
    ),
    "an escort that is neither yes nor no": (
        {"routes": [{**RAIL, "escort": "unarmed"}, ROAD, TRACK]},
        ("routes", 1, "escort", "unarmed", "escort is 'unarmed'; expected yes or no"),
    ),
    "a route that closes before it opens": (
        {"routes": [{**RAIL, "from": "3", "until": "2"}, ROAD, TRACK]},
        (
            *("routes", 1, "from, until", "3, 2"),
            "from '3' is after until '2'; exchange them, or correct one",
        ),
    ),
    "a date without a calendar": (
        {"stock": [{"depot": "port", "commodity": "rice", "quantity": 4, "expires": "2011-05-01"}]},
        (
            *("stock", 1, "expires", "2011-05-01"),
            "expires is the date '2011-05-01', but header has no start; add one",
        ),
    ),
    "a fleet of no hours": (
        {"fleets": [{**TRUCKS, "hours_per_period": 0}]},
        (
            *("fleets", 1, "hours_per_period", "0"),
            "hours_per_period is '0'; expected a number above 0 (hours per vehicle and period)",
        ),
    ),
    "a fleet whose hours are blank": (
        {"fleets": [{**TRUCKS, "hours_per_period": None}]},
        (
            *("fleets", 1, "hours_per_period", None),
            "hours_per_period is blank; expected a number above 0 (hours per vehicle and period)",
        ),
    ),
    "a vehicle that carries nothing": (
        {"fleets": [{**TRUCKS, "payload_t": 0}]},
        (
            *("fleets", 1, "payload_t", "0"),
            "payload_t is '0'; expected a number above 0 (t per vehicle)",
        ),
    ),
    "half a truck": (
        {"fleets": [{**TRUCKS, "count": 0.5}]},
        (
            *("fleets", 1, "count", "0.5"),
            "count is '0.5'; expected a whole number of 0 or more (vehicles)",
        ),
    ),
    "half a coordinate": (
        {"depots": [{**DEPOTS[0], "latitude": 5}, DEPOTS[1]]},
        (
            *("depots", 1, "latitude, longitude", "5, "),
            "latitude and longitude must be given together",
        ),
    ),
    "a target after the mission": (
        {"stock_targets": [{"depot": "hub", "commodity": "rice", "min_quantity": 5, "period": 4}]},
        (
            *("stock_targets", 1, "period", "4"),
            "period 4 is out of range; the mission has periods 1 to 3 (header)",
        ),
    ),
}

BAD_NAMES: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "a route from an unknown depot": (
        {"routes": [{**RAIL, "origin": "prt"}, ROAD, TRACK]},
        ("routes", 1, "origin", "prt", "origin 'prt' is not in depots; did you mean 'port'?"),
    ),
    # Goods leave depots alone: site a is known, but it is no origin.
    "a route from a site": (
        {"routes": [*ROUTES, {"origin": "a", "destination": "c"}]},
        (
            *("routes", 4, "origin", "a"),
            "origin 'a' is not in depots; it is a site, and goods are kept in and sent from depots: name one "
            "that stands there, or add one with this site",
        ),
    ),
    "a purchase for a site": (
        {"supplies": [*SUPPLIES, {"depot": "c", "commodity": "rice"}]},
        (
            *("supplies", 3, "depot", "c"),
            "depot 'c' is not in depots; it is a site, and goods are kept in and sent from depots: name one "
            "that stands there, or add one with this site",
        ),
    ),
    "a route to an unknown place": (
        {"routes": [RAIL, {**ROAD, "destination": "hubb"}, TRACK]},
        (
            *("routes", 2, "destination", "hubb"),
            "destination 'hubb' is neither in depots nor in sites; did you mean 'hub'?",
        ),
    ),
    "a fleet of an unknown depot": (
        {"fleets": [{**TRUCKS, "depot": "Hub"}]},
        ("fleets", 1, "depot", "Hub", "depot 'Hub' is not in depots; did you mean 'hub'?"),
    ),
    "a depot at an unknown site": (
        {"depots": [DEPOTS[0], {**DEPOTS[1], "site": "bb"}]},
        ("depots", 2, "site", "bb", "site 'bb' is not in sites"),
    ),
    "a depot of an unknown organisation": (
        {"depots": [{**DEPOTS[0], "organisation": "WFP"}, DEPOTS[1]]},
        (
            *("depots", 1, "organisation", "WFP"),
            "organisation 'WFP' is not in organisations; did you mean 'wfp'?",
        ),
    ),
    "a recipe of an unknown commodity": (
        {"recipes": [*RECIPES, {"activity": "food", "commodity": "ryce", "per_person": 1}]},
        ("recipes", 3, "commodity", "ryce", "commodity 'ryce' is not in commodities; did you mean 'rice'?"),
    ),
    "an earmark for an unknown commodity": (
        {
            "funds": [{"fund": "echo", "amount": 5}],
            "earmarks": [{"fund": "echo", "commodity": "ryce"}],
        },
        ("earmarks", 1, "commodity", "ryce", "commodity 'ryce' is not in commodities; did you mean 'rice'?"),
    ),
    "a commodity twice": (
        {"commodities": [*COMMODITIES, COMMODITIES[0]]},
        ("commodities", 3, "commodity", "rice", "commodity 'rice' stands already in row 1"),
    ),
    # Both come by the default mode, one of them by name.
    "a fleet twice": (
        {"fleets": [TRUCKS, {**TRUCKS, "mode": "road"}]},
        (
            *("fleets", 2, "depot, vehicle, mode", "hub, truck, road"),
            "depot 'hub', vehicle 'truck', mode 'road' stands already in row 1",
        ),
    ),
    "a supply in one period and in every period": (
        {"supplies": [*SUPPLIES, {**SUPPLIES[0], "period": 2}]},
        (
            *("supplies", 3, "depot, commodity, period, supplier", "port, rice, 2, "),
            "depot 'port', commodity 'rice', period '2' stands already in row 1, "
            "which holds for every period; keep one of the two",
        ),
    ),
}


@pytest.mark.parametrize(
    ("tables", "expected"), [*BAD_CELLS.values(), *BAD_NAMES.values()], ids=[*BAD_CELLS, *BAD_NAMES]
)
def test_a_bad_table_is_worded(tables: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert errors(**tables) == [expected]
