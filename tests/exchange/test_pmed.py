"""The importer ``pmed``: what its mission says, and what it refuses."""

from __future__ import annotations

import pytest

from pklogistics.exchange import import_mission
from tests.exchange.samples import refused, solved

# A line of four vertices; the edge from 2 to 3 stands twice, the second time the other way round.
LINE = "4 4 2\n1 2 3\n2 3 99\n3 4 1\n3 2 5\n"


def sample(folder, text=LINE):
    file = folder / "line.txt"
    file.write_text(text, encoding="utf-8")
    return file


def imported(folder, text=LINE):
    """Import a text."""
    return import_mission("pmed", sample(folder, text))


def test_routes_are_shortest_paths_and_the_later_length_counts(tmp_path):
    mission = imported(tmp_path)
    assert mission.warnings == ()
    assert mission.header.policy.max_open_depots == 2
    assert mission.frame("needs")["people"].tolist() == [1, 1, 1, 1]
    routes = mission.frame("routes").set_index(["origin", "destination"])["cost_per_t"] / 2
    assert len(routes) == 4 * 3
    assert routes["depot 1"].tolist() == [3, 3 + 5, 3 + 5 + 1]
    assert routes["depot 4"].tolist() == [1 + 5 + 3, 1 + 5, 1]


def test_the_solved_mission_is_what_a_hand_finds(tmp_path):
    # One of 1 and 2, one of 3 and 4: 3 + 1.
    assert solved(imported(tmp_path)) == pytest.approx([0, 4])


def test_an_edge_of_no_length_is_an_edge_and_a_loop_is_none(tmp_path):
    mission = imported(tmp_path, "3 3 1\n1 2 0\n2 3 4\n2 2 7\n")
    routes = mission.frame("routes").set_index(["origin", "destination"])["cost_per_t"] / 2
    assert routes["depot 1"].tolist() == [0, 4]


def test_parts_without_a_median_are_left_out(tmp_path):
    # Three parts and two medians: the single vertex costs nobody else, and is worth as much as either pair.
    assert solved(imported(tmp_path, "5 2 2\n1 2 3\n3 4 2\n")) == pytest.approx([1, 3 + 2])


def test_vertices_without_edges_supply_themselves(tmp_path):
    assert solved(imported(tmp_path, "3 0 2\n")) == pytest.approx([1, 0])


def test_what_is_no_such_file_is_told_with_its_line(tmp_path):
    assert refused("pmed", sample(tmp_path, LINE.replace("3 4 1", "3 5 1"))) == [
        "line.txt row 4: is '5'; expected other end of an edge, a whole number from 1 to 4"
    ]
    assert (
        "row 2: is '1.5'; expected one end of an edge"
        in refused("pmed", sample(tmp_path, LINE.replace("1 2 3", "1.5 2 3")))[0]
    )
    assert "p, the number of medians" in refused("pmed", sample(tmp_path, LINE.replace("4 4 2", "4 4 5")))[0]
    assert "row 3" in refused("pmed", sample(tmp_path, LINE.replace("99", "-1")))[0]
    assert "left over" in refused("pmed", sample(tmp_path, LINE + "1 3 2\n"))[0]
    assert "ends where" in refused("pmed", sample(tmp_path, LINE[:-2]))[0]
