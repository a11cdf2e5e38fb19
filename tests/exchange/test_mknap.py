"""The importer ``mknap``: what its mission says, what solving it gives, and what it refuses."""

from __future__ import annotations

import gzip

import pytest

from pklogistics.exchange import import_mission, instances
from tests.exchange.samples import gained, refused

# Three projects with profits 6, 5 and 4 on two budgets of 10 and 6; then one that fits and one for nothing.
SAMPLE = "2\n3 2 9\n6 5 4\n7 5 5\n3 2 3\n10 6\n2 1 0\n2.5 0\n3 1\n3\n"


def sample(folder, text=SAMPLE):
    file = folder / "few.txt"
    file.write_text(text)
    return file


def test_a_project_is_an_activity_and_a_budget_a_stock(tmp_path):
    assert instances("mknap", sample(tmp_path)) == ("1", "2")
    mission = import_mission("mknap", sample(tmp_path), "1")
    assert mission.warnings == ()
    assert mission.frame("needs")["people"].tolist() == [6.0, 5.0, 4.0]
    assert mission.frame("stock")["quantity"].tolist() == [10.0, 6.0]
    recipes = mission.frame("recipes").pivot(index="commodity", columns="activity", values="per_person")
    assert (recipes * [6.0, 5.0, 4.0]).to_numpy().tolist() == [[7.0, 5.0, 5.0], [3.0, 2.0, 3.0]]


def test_the_solved_missions_are_what_a_hand_finds(tmp_path):
    # No two projects with the first fit into 10; the other two take 10 and 5: 5 + 4. By the second budget
    # alone, or by parts of projects, more would fit.
    assert gained(import_mission("mknap", sample(tmp_path), "1")) == pytest.approx(9)
    # The project that takes the whole of the budget is taken up; nobody gains by the other.
    assert gained(import_mission("mknap", sample(tmp_path), "2")) == pytest.approx(2.5)


def test_a_project_that_takes_nothing_is_taken_up(tmp_path):
    mission = import_mission("mknap", sample(tmp_path, "1\n2 1 0\n3 4\n0 9\n8\n"))
    assert mission.warnings == ()
    assert gained(mission) == pytest.approx(3)


@pytest.mark.parametrize(
    "text", ["3 2 -1\n6 5 4\n7 5 5\n3 2 3\n10 6\n", "2 3\n6 5 4\n10 6\n7 5 5\n3 2 3\n\n0\n"]
)
def test_one_problem_may_stand_alone_with_an_unknown_best(tmp_path, text):
    alone = sample(tmp_path, text)
    assert instances("mknap", alone) == ("1",)
    mission = import_mission("mknap", alone)
    assert mission.header.description.endswith("their profit, 15 in all, is greatest.")
    first = import_mission("mknap", sample(tmp_path), "1")
    assert all(mission.tables[name].equals(first.tables[name]) for name in ("needs", "recipes", "stock"))


def test_a_packed_file_is_unpacked(tmp_path):
    file = tmp_path / "few.txt.gz"
    file.write_bytes(gzip.compress(SAMPLE.encode()))
    assert import_mission("mknap", file, "1") == import_mission("mknap", sample(tmp_path), "1")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("6 5 4", "6 -5 4", "few.txt row 3: is '-5'; expected profit of a project, a number of 0 or more"),
        ("7 5 5", "7 5 5,", "few.txt row 4: is '5,'; expected what a project takes of a budget, a number of"),
        ("3 1\n3\n", "3 1\n", "few.txt row 9: ends where what a budget holds is expected: there is nothing"),
        ("2\n3 2 9", "1\n3 2 9", "few.txt row 7: is '2'; expected the end of the file: 8 numbers are left"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, old, new, words):
    assert old in SAMPLE
    assert refused("mknap", sample(tmp_path, SAMPLE.replace(old, new)))[0].startswith(words)
