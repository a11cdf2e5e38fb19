"""The importer ``mcnd``: what its mission says, and what it refuses."""

from __future__ import annotations

import pytest

import pklogistics
from pklogistics.exchange import import_mission
from tests.exchange.samples import refused, solved

# Three nodes in a triangle and two roads from 1 to 2; 6 go from 1 to 3, 4 from 1 to 2.
TRIANGLE = (
    "TITLE:\n 3 4 2\n 1 2 1 5 10 0 0\n 1 2 2 9 7 0 0\n 2 3 1 9 20 0 0\n 1 3 9 5 30 0 0\n 1 3 6\n 1 2 4\n"
)


def sample(folder, text=TRIANGLE):
    file = folder / "triangle.dow"
    file.write_text(text, encoding="utf-8")
    return file


def imported(folder, text=TRIANGLE):
    """Import a text."""
    return import_mission("mcnd", sample(folder, text))


def test_an_arc_is_a_route_and_a_commodity_an_activity(tmp_path):
    mission = imported(tmp_path)
    assert mission.warnings == ()
    routes = mission.frame("routes")
    assert routes["mode"].tolist() == ["road", "road 2", "road", "road"]
    # A unit weighs half a tonne.
    assert routes["cost_per_t"].tolist() == [2, 4, 2, 18]
    assert routes["capacity_t"].tolist() == [2.5, 4.5, 4.5, 2.5]
    assert routes["opening_cost"].tolist() == [10, 7, 20, 30]
    assert mission.frame("depots")["site"].tolist() == ["", "town 2", "town 3"]
    assert mission.frame("needs")[["site", "activity", "people"]].values.tolist() == [
        ["town 3", "commodity 1", 6.0],
        ["town 2", "commodity 2", 4.0],
    ]
    assert mission.frame("stock")[["depot", "quantity"]].values.tolist() == [["node 1", 6.0], ["node 1", 4.0]]


def test_the_solved_mission_is_what_a_hand_finds(tmp_path):
    # The straight road to 3 carries 5 of 6, so the road 2-3 opens anyway (20) and takes all 6 for 1 each.
    # Both roads to 2 must open for 10 units (17): 5 for 1 each and 5 for 2 each. With the straight road as
    # well one of the two would do, but that costs 30.
    assert solved(imported(tmp_path)) == pytest.approx([0, 20 + 6 + 17 + 5 + 10])


def test_what_arcs_cannot_carry_stays_behind(tmp_path):
    # Into 2 come 5 + 9; out of it only 2 to 3, and 5 straight: 7 of 8 arrive there.
    text = TRIANGLE.replace("2 3 1 9 20", "2 3 1 2 20").replace(" 1 3 6\n", " 1 3 8\n")
    plan = pklogistics.solve(imported(tmp_path, text), threads=1, gap=0.0)
    assert plan.tiers[0].value == pytest.approx(1)
    assert plan.tiers[0].bound == pytest.approx(1)
    assert plan.tables["shortfalls"]["activity"].tolist() == ["commodity 1"]


def test_a_commodity_that_stays_where_it_is_costs_nothing(tmp_path):
    assert solved(imported(tmp_path, "T\n2 1 1\n1 1 1 1 1 0 0\n2 2 3\n")) == pytest.approx([0, 0])


def test_what_is_no_such_file_is_told_with_its_line(tmp_path):
    assert refused("mcnd", sample(tmp_path, TRIANGLE.replace(" 1 2 4", " 1 7 4"))) == [
        "triangle.dow row 8: is '7'; expected destination of a commodity, a whole number from 1 to 3"
    ]
    assert (
        "row 5: is '0'; expected tail of an arc"
        in refused("mcnd", sample(tmp_path, TRIANGLE.replace(" 2 3 1", " 0 3 1")))[0]
    )
    assert "row 3" in refused("mcnd", sample(tmp_path, TRIANGLE.replace("1 5 10", "1 -5 10")))[0]
    assert "left over" in refused("mcnd", sample(tmp_path, TRIANGLE + "1\n"))[0]
    assert "ends where" in refused("mcnd", sample(tmp_path, "TITLE:\n 3 4 2\n"))[0]
