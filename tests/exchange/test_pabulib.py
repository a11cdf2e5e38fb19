"""The importer ``pabulib``: what its mission says, what solving it gives, and what it refuses."""

from __future__ import annotations

import pytest

from pklogistics.exchange import import_mission, instances
from tests.exchange.samples import gained, refused

SAMPLE = """\
META
key;value
description;"Votes in ""Oldtown"" of 2020"
unit;Oldtown
budget;100.0
currency;EUR

PROJECTS
project_id;cost;votes;name;category
01;60;70;"Trees; and benches";green
02;50;40;Swings;play
03;50;35;A slide
04;10;0;Nothing;play
VOTES
voter_id;vote
1;"01,02
"""


def sample(folder, text=SAMPLE, name="town.pb"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_project_is_an_activity_and_the_budget_a_fund(tmp_path):
    assert instances("pabulib", sample(tmp_path)) == ("town",)
    mission = import_mission("pabulib", sample(tmp_path))
    assert mission.warnings == ()
    assert (mission.header.currency, mission.frame("sites")["site"].tolist()) == ("EUR", ["Oldtown"])
    assert mission.header.description.startswith('Votes in "Oldtown" of 2020: which of 4 projects')
    activities = mission.frame("activities")
    assert activities["activity"].tolist() == ["01", "02", "03", "04"]
    assert activities["name"].tolist() == ["Trees; and benches", "Swings", "A slide", "Nothing"]
    assert activities["sector"].tolist() == ["green", "play", "participatory budget", "play"]
    assert mission.frame("needs")["people"].tolist() == [70.0, 40.0, 35.0, 0.0]
    assert mission.frame("capabilities")["cost_per_presence"].tolist() == [60.0, 50.0, 50.0, 10.0]
    assert mission.frame("funds")["amount"].tolist() == [100.0]


def test_the_solved_mission_is_what_a_hand_finds(tmp_path):
    # The first project has most votes, but with it no other of the big ones is paid: 70. The second and
    # the third cost 100 together: 75. Half of a project would give more.
    assert gained(import_mission("pabulib", sample(tmp_path))) == pytest.approx(75)


def test_the_score_stands_for_votes_that_are_not_there(tmp_path):
    mission = import_mission("pabulib", sample(tmp_path, SAMPLE.replace("cost;votes", "cost;score")))
    assert "most score" in mission.header.description
    assert gained(mission) == pytest.approx(75)


# Places, points and approvals alike: a ballot names a project or does not. Blank cells end some lines.
BALLOTS = """\
META;;
key;value;
budget;10,5;
PROJECTS;;
project_id;cost;name
a;5,25;Swings;
b;5.5;"12;5"" pipe"
c;5.25;Bench;;
VOTES;;
voter_id;vote;points
1;a,b;2,1
2;b;3
3;"b,c";1,1
4;c;1
5;;
"""


def test_ballots_are_counted_where_projects_have_no_votes(tmp_path):
    mission = import_mission("pabulib", sample(tmp_path, BALLOTS))
    assert mission.frame("activities")["name"].tolist() == ["Swings", '12;5" pipe', "Bench"]
    assert mission.frame("needs")["people"].tolist() == [1, 3, 2]
    assert mission.frame("capabilities")["cost_per_presence"].tolist() == [5.25, 5.5, 5.25]
    # The one with three votes leaves 5 of 10.5; the two others cost just 10.5 and have three votes as well.
    assert mission.frame("funds")["amount"].tolist() == [10.5]
    assert gained(mission) == pytest.approx(3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("4;c;1", "4;d;1", "town.pb row 14: vote names 'd', which is not in PROJECTS"),
        (
            "voter_id;vote",
            "voter_id;points",
            "town.pb row 10: has no column 'votes' or 'score' in PROJECTS, and",
        ),
        ("VOTES;;\n", "", "town.pb row 9: cost is 'vote'; expected a number of 0 or more"),
    ],
)
def test_ballots_that_cannot_be_counted_are_told(tmp_path, old, new, words):
    assert old in BALLOTS
    assert refused("pabulib", sample(tmp_path, BALLOTS.replace(old, new)))[0].startswith(words)


def test_a_file_without_votes_of_any_kind_is_told(tmp_path):
    cut = BALLOTS.partition("VOTES")[0]
    assert refused("pabulib", sample(tmp_path, cut)) == [
        "town.pb: has no column 'votes' or 'score' in PROJECTS, and no section VOTES to count them by; give"
        " one of these"
    ]


def test_a_byte_order_mark_and_windows_lines_change_nothing(tmp_path):
    windows = sample(tmp_path, "\ufeff" + SAMPLE.replace("\n", "\r\n"), "other.pb")
    plain = import_mission("pabulib", sample(tmp_path))
    assert import_mission("pabulib", windows).tables["activities"].equals(plain.tables["activities"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("budget;100.0", "budget;much", "town.pb row 5: budget is 'much'; expected a number of 0 or more"),
        ("budget;100.0", "buget;100", "town.pb: does not give 'budget' in META; did you mean 'buget'?"),
        # Twelve hundred, or 1.2: who knows?
        ("02;50;40", "02;1,200;40", "town.pb row 11: cost is '1,200'; expected a number of 0 or more"),
        ("02;50;40", "02;50;", "town.pb row 11: votes is blank; expected a number of 0 or more"),
        ("02;50;40", ";50;40", "town.pb row 11: project_id is blank"),
        ("02;50;40", "01;50;40", "town.pb row 11: project '01' stands twice; keep one"),
        ("A slide", "A slide;play;1;2", "town.pb row 12: has 7 cells where the header has 5"),
        (
            "EUR\n",
            "EUR\nnum_projects;5\n",
            "town.pb row 7: num_projects is '5', but PROJECTS holds 4: fetch the",
        ),
        ("PROJECTS\n", "", "town.pb: has no section PROJECTS"),
        ("META\n", "", "town.pb row 1: is 'key'; expected the section META"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, old, new, words):
    assert old in SAMPLE
    assert refused("pabulib", sample(tmp_path, SAMPLE.replace(old, new)))[0].startswith(words)
