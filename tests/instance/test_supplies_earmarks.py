"""Family supplies: which earmarks match the costs of goods, of moving them, of depots and of routes."""

from __future__ import annotations

import pytest

from tests.instance.country import Row
from tests.instance.pipeline import COMMODITIES, DEPOTS, RAIL, ROAD, TRACK, TRUCKS, warnings

TENT: Row = {"commodity": "tent", "weight_t": 0.05}


# The costs of the pipeline: rice and oil are bought at the port, which stands nowhere; the railway to a (in
# the north) and the road to the hub, which stands at b (in the south), cost per tonne; nothing else.
EARMARKS: list[tuple[Row, bool]] = [
    ({"kind_of_cost": "procurement"}, True),
    ({"commodity": "rice"}, True),
    ({"commodity": "oil", "kind_of_cost": "procurement"}, True),
    ({"commodity": "tent"}, True),  # By what it costs to move it, if it were bought.
    ({"commodity": "tent", "kind_of_cost": "procurement"}, False),
    ({"commodity": "rice", "kind_of_cost": "service"}, False),
    ({"kind_of_cost": "procurement", "site": "b"}, False),
    ({"kind_of_cost": "procurement", "organisation": "wfp"}, True),
    ({"kind_of_cost": "procurement", "organisation": "icrc"}, False),
    ({"kind_of_cost": "transport", "site": "a", "commodity": "oil"}, True),
    ({"kind_of_cost": "transport", "region": "south"}, True),
    ({"kind_of_cost": "transport", "site": "c"}, False),
    ({"kind_of_cost": "transport", "activity": "food"}, False),
    ({"kind_of_cost": "depot"}, False),
    ({"kind_of_cost": "route"}, False),
]


@pytest.mark.parametrize(("earmark", "matches"), EARMARKS)
def test_an_earmark_that_matches_no_cost(earmark: Row, matches: bool) -> None:
    doubts = warnings(
        commodities=[*COMMODITIES, TENT],
        depots=[{**DEPOTS[0], "organisation": "wfp"}, DEPOTS[1]],
        funds=[{"fund": "echo", "amount": 10}],
        earmarks=[{"fund": "echo", **earmark}],
    )
    expected = "no cost of the mission matches this earmark of fund 'echo'; it pays for nothing"
    assert doubts == ([] if matches else [("earmarks", 1, "fund", "echo", expected)])


def test_costs_of_depots_routes_and_vehicles_can_be_earmarked() -> None:
    rows: list[Row] = [
        {"kind_of_cost": "depot", "site": "b"},
        {"kind_of_cost": "route", "region": "south"},
        {"kind_of_cost": "transport", "site": "c"},
        # These match nothing: the port costs nothing, only the track is repaired, hours carry no commodity.
        {"kind_of_cost": "depot", "region": "north"},
        {"kind_of_cost": "route", "site": "b"},
        {"kind_of_cost": "transport", "site": "c", "commodity": "rice"},
    ]
    doubts = warnings(
        depots=[DEPOTS[0], {**DEPOTS[1], "cost_per_period": 3}],
        routes=[RAIL, ROAD, {**TRACK, "opening_cost": 900}],
        fleets=[{**TRUCKS, "cost_per_hour": 12}],
        funds=[{"fund": "echo", "amount": 10}],
        earmarks=[{"fund": "echo", **row} for row in rows],
    )
    assert [doubt[1] for doubt in doubts] == [4, 5, 6]
