"""The importer ``gap``: what its mission says, what solving it gives, and what it refuses."""

from __future__ import annotations

import pytest

from pklogistics.errors import OptionsError
from pklogistics.exchange import import_mission, instances
from tests.exchange.samples import refused, solved

# Two agents with 5 and 4, three jobs. The second agent is the cheaper for all of them, but has time for one.
SAMPLE = "2 3\n3 4 5\n1 1 1\n2 2 3\n3 4 3\n5 4\n"


def sample(folder, text=SAMPLE):
    file = folder / "jobs"
    file.write_text(text)
    return file


def test_an_agent_is_an_organisation_and_a_job_a_site(tmp_path):
    assert instances("gap", sample(tmp_path)) == ("jobs",)
    mission = import_mission("gap", sample(tmp_path))
    assert mission.warnings == ()
    assert mission.header.name == "gap-jobs"
    assert mission.frame("staff")["people"].tolist() == [5.0, 4.0]
    offered = mission.frame("capabilities")
    assert offered["cost_per_presence"].tolist() == [3.0, 4.0, 5.0, 1.0, 1.0, 1.0]
    assert offered["staff_per_1000"].tolist() == [2000.0, 2000.0, 3000.0, 3000.0, 4000.0, 3000.0]


def test_the_solved_mission_is_what_a_hand_finds(tmp_path):
    # The second agent can do any one job. Left for the first: jobs 2 and 3 take 5 and cost 9; 1 and 3 take 5
    # and cost 8; 1 and 2 take 4 and cost 7. So the second does the third: 7 + 1.
    assert solved(import_mission("gap", sample(tmp_path))) == pytest.approx([0, 8])


def test_what_nobody_can_do_is_left_and_counted(tmp_path):
    # With 3 and 2 the second agent can do nothing, and the first one job only: two are left, and the one
    # that is done is the cheapest.
    tight = import_mission("gap", sample(tmp_path, SAMPLE.replace("5 4\n", "3 2\n")))
    assert solved(tight) == pytest.approx([2, 3])


def test_a_file_of_several_problems_names_them_by_number(tmp_path):
    # The second problem is the first with time for everything: the second agent does all three jobs.
    both = f"2\n{SAMPLE}{SAMPLE.replace('5 4', '5 10')}"
    assert instances("gap", sample(tmp_path, both)) == ("1", "2")
    mission = import_mission("gap", sample(tmp_path, both), "2")
    assert mission.header.name == "gap-jobs-2"
    assert solved(mission) == pytest.approx([0, 3])


def test_gains_are_maximised_where_the_user_says_so(tmp_path):
    # The first agent gains 2, 3 or 4 more on a job, and has time for jobs 2 and 3 (gaining 9) or 1 and 3 (8).
    # The second does any one: 9 + 1 of 12 is the most, so 2 are forgone.
    mission = import_mission("gap", sample(tmp_path), settings={"sense": "max"})
    assert mission.header.description.endswith("for the most gain: 12 less the cost.")
    assert solved(mission) == pytest.approx([0, 2])
    with pytest.raises(OptionsError, match="sense is 'most': give min"):
        import_mission("gap", sample(tmp_path), settings={"sense": "most"})


def test_one_problem_is_one_however_its_lines_are_broken(tmp_path):
    assert instances("gap", sample(tmp_path, "\n".join(SAMPLE.split()))) == ("jobs",)
    assert instances("gap", sample(tmp_path, f"1\n{SAMPLE}")) == ("1",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2 3\n3", "2 3.5\n3", "jobs row 1: is '3.5'; expected the number of jobs, a whole number"),
        (
            "2 2 3",
            "2 2 3h",
            "jobs row 4: is '3h'; expected what a job takes of an agent, a number of 0 or more",
        ),
        ("5 4\n", "5\n", "jobs row 6: ends where what an agent has is expected: there is 1 of 2 numbers"),
        (SAMPLE, "", "jobs: ends where the number of problems is expected: there is nothing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, old, new, words):
    assert old in SAMPLE
    assert refused("gap", sample(tmp_path, SAMPLE.replace(old, new)))[0].startswith(words)
