"""What is allowed but probably not meant: warnings, worded by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.instance.country import BASE, CAPABILITIES, SITES, Row, at, warnings

NEED_PATROL = {"needs": [*BASE["needs"], {"site": "a", "activity": "patrol", "people": 3}]}
FUND = {"fund": "echo", "amount": 10}

DOUBTS: dict[str, tuple[Row, dict[str, Any], tuple[Any, ...]]] = {
    "a need that nobody offers": (
        {},
        NEED_PATROL,
        ("needs", 4, "activity", "patrol", "nobody offers activity 'patrol'; this need will stay unmet"),
    ),
    "a need that no unit has as its task": (
        {},
        NEED_PATROL | {"units": [{"unit": "u", "persons": 3, "available": 1, "tasks": "food"}]},
        ("needs", 4, "activity", "patrol", "nobody offers activity 'patrol'; this need will stay unmet"),
    ),
    # Health is offered in the south and at a; without the row for a, the need there stays unmet.
    "a need that nobody offers there": (
        {},
        {
            "needs": [{"site": site, "activity": "health", "people": 5} for site in "abc"],
            "capabilities": CAPABILITIES[:2],
        },
        (
            "needs",
            1,
            "activity",
            "health",
            "nobody offers activity 'health' at 'a'; this need will stay unmet",
        ),
    ),
    "coverage without need": (
        {},
        {"coverage": [{"site": "a", "activity": "health", "organisation": "msf", "people": 5}]},
        (
            *("coverage", 1, "activity", "health"),
            "there is no need for activity 'health' at site 'a'; the coverage counts for nothing",
        ),
    ),
    "coverage in another period": (
        {},
        {
            "needs": [{"site": "a", "activity": "food", "people": 5, "period": 1}],
            "coverage": [
                {"site": "a", "activity": "food", "organisation": "msf", "people": 5, "period": 1},
                {"site": "a", "activity": "food", "organisation": "msf", "people": 5, "period": 2},
            ],
        },
        (
            *("coverage", 2, "activity", "food"),
            "there is no need for activity 'food' at site 'a' in period 2; the coverage counts for nothing",
        ),
    ),
    "an expired fund": (
        {"start": "2011-03-01"},
        {"funds": [FUND, {"fund": "cerf", "amount": 5, "until": "2011-02-28"}]},
        (
            *("funds", 2, "until", "cerf"),
            "fund 'cerf' has expired before the mission starts; it will pay nothing",
        ),
    ),
    # Three periods of 30 days from 1 March end on 29 May: 30 May is the first day after.
    "a fund that comes too late": (
        {"start": "2011-03-01"},
        {"funds": [FUND, {"fund": "cerf", "amount": 5, "from": "2011-05-30"}]},
        (
            *("funds", 2, "from", "cerf"),
            "fund 'cerf' begins after the mission ends; it will pay nothing",
        ),
    ),
    "a mission with no money": (
        {},
        {"funds": [{"fund": "echo", "amount": 0}]},
        (
            *("funds", None, None, None),
            "the funds hold no money; nothing that costs anything can be done",
        ),
    ),
    "a mission with no funds": (
        {},
        {"funds": []},
        (
            *("funds", None, None, None),
            "the funds hold no money; nothing that costs anything can be done",
        ),
    ),
    "growth of staff without staff": (
        {},
        {"capacity_building": [{"activity": "food", "organisation": "icrc", "staff_per_person": 1}]},
        (
            *("capacity_building", 1, "organisation", "icrc"),
            "'icrc' has no row in staff, so its staff has no limit that training could raise",
        ),
    ),
    "a lead that cannot": (
        {},
        {"presence": [at("a", "lead", activity="health")]},
        (
            *("presence", 1, "organisation", "wfp"),
            "lead 'wfp' has no capability for activity 'health' at 'a'; nobody else can be present there",
        ),
    ),
    "no coordinates where distances count": (
        {"policy": {"medevac_minutes": 60}},
        {
            "sites": [*SITES, {"site": "d"}],
            "units": [{"unit": "u", "persons": 3, "available": 1}],
        },
        (
            *("sites", 4, "latitude", "d"),
            "site 'd' has no coordinates, which medical evacuation needs; it counts as far from all others",
        ),
    ),
}


@pytest.mark.parametrize(("header", "tables", "expected"), DOUBTS.values(), ids=DOUBTS.keys())
def test_a_doubt_is_worded(header: Row, tables: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert warnings(header, **tables) == [expected]


@pytest.mark.parametrize(
    ("header", "tables"),
    [
        # Coordinates do not matter without a rule that measures distances, or where times are given.
        ({}, {"sites": [*SITES, {"site": "d"}], "units": [{"unit": "u", "persons": 3, "available": 1}]}),
        (
            {"policy": {"medevac_minutes": 60}},
            {
                "sites": [*SITES, {"site": "d"}],
                "units": [{"unit": "u", "persons": 3, "available": 1}],
                "travel_times": [{"origin": "d", "destination": "a", "minutes": 5}],
            },
        ),
        # A fund on its last day, and one on the last day of the mission.
        ({"start": "2011-03-01"}, {"funds": [{**FUND, "until": "2011-03-01"}]}),
        ({"start": "2011-03-01"}, {"funds": [{**FUND, "from": "2011-05-29"}]}),
        # Coverage of a need of every period, and of one period by coverage of every period.
        (
            {},
            {"coverage": [{"site": "a", "activity": "food", "organisation": "x", "people": 5, "period": 3}]},
        ),
        # Nobody needs it: no people.
        ({}, {"needs": [*BASE["needs"], {"site": "a", "activity": "patrol", "people": 0}]}),
    ],
)
def test_what_is_no_doubt(header: Row, tables: dict[str, Any]) -> None:
    assert warnings(header, **tables) == []


# The costs of the base: food by wfp anywhere, health by wfp in the south (sites b and c), presence of icrc
# at a (region north) for health. No bases, no mobilisation, no units.
EARMARKS = [
    ({"sector": "food"}, True),
    ({"activity": "food", "site": "a", "region": "north"}, True),
    ({"activity": "food", "site": "a", "region": "south"}, False),
    ({"organisation": "wfp", "sector": "health", "region": "south"}, True),
    ({"organisation": "wfp", "sector": "health", "region": "north"}, False),
    ({"organisation": "wfp", "sector": "health", "site": "c"}, True),
    ({"organisation": "wfp", "sector": "health", "site": "a"}, False),
    ({"organisation": "icrc", "kind_of_cost": "presence", "region": "north"}, True),
    ({"organisation": "icrc", "kind_of_cost": "service"}, False),
    ({"kind_of_cost": "base"}, False),
    ({"kind_of_cost": "sustainment"}, False),
    ({"sector": "protection"}, False),
]


@pytest.mark.parametrize(("earmark", "matches"), EARMARKS)
def test_an_earmark_that_matches_no_cost(earmark: Row, matches: bool) -> None:
    doubts = warnings(funds=[FUND], earmarks=[{"fund": "echo", **earmark}])
    expected = "no cost of the mission matches this earmark of fund 'echo'; it pays for nothing"
    assert doubts == ([] if matches else [("earmarks", 1, "fund", "echo", expected)])


def test_costs_of_bases_and_of_the_force_can_be_earmarked() -> None:
    tables = {
        "organisations": [
            {"organisation": "wfp", "base_cost": 5, "mobilisation_cost": 1},
            {"organisation": "icrc"},
        ],
        "units": [{"unit": "u", "persons": 3, "available": 1, "cost_per_period": 4}],
        "funds": [FUND],
        "earmarks": [
            {"fund": "echo", "organisation": "wfp", "kind_of_cost": "base", "region": "north"},
            {"fund": "echo", "organisation": "wfp", "kind_of_cost": "mobilisation"},
            {"fund": "echo", "kind_of_cost": "sustainment", "site": "a"},
            # These match nothing: mobilisation concerns no site, a base no sector, the force no organisation.
            {"fund": "echo", "kind_of_cost": "mobilisation", "region": "north"},
            {"fund": "echo", "kind_of_cost": "base", "sector": "food"},
            {"fund": "echo", "kind_of_cost": "sustainment", "organisation": "wfp"},
            {"fund": "echo", "kind_of_cost": "deployment"},
        ],
    }
    assert [doubt[1] for doubt in warnings(**tables)] == [4, 5, 6, 7]
