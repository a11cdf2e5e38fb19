"""Tables that contradict one another: found before solving, worded by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.instance.country import CAPABILITIES, Row, at, errors, warnings


def test_the_base_has_nothing_to_say() -> None:
    assert errors() == []
    assert warnings() == []


AGREED_AND_REFUSED = {
    # (rows of presence, row that is wrong, row that refuses, first period)
    "both for one activity": (
        [at("a", "refused", activity="food"), at("a", "agreed", activity="food")],
        2,
        1,
        1,
    ),
    "both for all activities": ([at("a", "agreed"), at("a", "refused")], 1, 2, 1),
    "refused for all": ([at("a", "agreed", activity="food"), at("a", "refused")], 1, 2, 1),
    # At site b wfp offers food and health; both are refused, one by one.
    "refused one by one": (
        [at("b", "agreed"), at("b", "refused", activity="food"), at("b", "refused", activity="health")],
        *(1, 2, 1),
    ),
    # The refusal holds in period 3 alone, and so does the contradiction.
    "refused in one period": ([at("a", "agreed"), at("a", "refused", **{"from": "3"})], 1, 2, 3),
    "a lead that is refused": (
        [at("a", "lead", activity="food"), at("a", "refused", activity="food")],
        1,
        2,
        1,
    ),
    # A lead without an activity leads in each of its activities; refused in one is a contradiction.
    "a lead that is refused in part": ([at("b", "lead"), at("b", "refused", activity="health")], 1, 2, 1),
    # Allowed lifts the refusal for health, but the agreement is about food.
    "another activity is allowed": (
        [at("b", "agreed", activity="food"), at("b", "refused"), at("b", "allowed", activity="health")],
        *(1, 2, 1),
    ),
}


@pytest.mark.parametrize(
    ("presence", "row", "by", "period"), AGREED_AND_REFUSED.values(), ids=AGREED_AND_REFUSED.keys()
)
def test_agreed_and_refused_at_once(presence: list[Row], row: int, by: int, period: int) -> None:
    (problem,) = errors(presence=presence)
    status, site = presence[row - 1]["status"], presence[row - 1]["site"]
    words = f"'wfp' is {status} at '{site}', but refused in row {by} (period {period})"
    assert problem[:4] == ("presence", row, "status", status)
    assert problem[4].startswith(words)


def test_the_message_says_how_to_consent_to_one_activity() -> None:
    (problem,) = errors(presence=[at("a", "agreed", activity="food"), at("a", "refused")])
    assert problem[4].endswith("; if only 'food' is consented to, add a row for it with status allowed")


NO_CONTRADICTION = {
    "different sites": [at("a", "agreed"), at("b", "refused")],
    "different organisations": [at("a", "agreed"), at("a", "refused", organisation="icrc")],
    "different periods": [at("a", "agreed", until="1"), at("a", "refused", **{"from": "2"})],
    "refused in part": [at("b", "agreed"), at("b", "refused", activity="health")],
    "lifted": [
        *(at("a", "agreed", activity="food"), at("a", "refused")),
        at("a", "allowed", activity="food"),
    ],
    "lifted in part": [at("b", "agreed"), at("b", "refused"), at("b", "allowed", activity="health")],
    "allowed and refused at different levels": [at("a", "allowed", activity="food"), at("a", "refused")],
    "refused after the mission": [at("a", "agreed"), at("a", "refused", **{"from": "4"})],
}


@pytest.mark.parametrize("presence", NO_CONTRADICTION.values(), ids=NO_CONTRADICTION.keys())
def test_what_is_no_contradiction(presence: list[Row]) -> None:
    assert errors(presence=presence) == []


CONTRADICTIONS = {
    "allowed and refused": (
        {"presence": [at("a", "refused", activity="food", until="2"), at("a", "allowed", activity="food")]},
        (
            *("presence", 2, "status", "allowed"),
            "allowed and refused in row 1 for the same periods; keep one of the two",
        ),
    ),
    "agreed without a capability": (
        {"presence": [at("b", "agreed", organisation="icrc")]},
        (
            *("presence", 1, "organisation", "icrc"),
            "'icrc' is agreed at 'b', but has no capability for any activity there; "
            "add it to capabilities, or remove the agreement",
        ),
    ),
    "agreed without that capability": (
        {"presence": [at("a", "agreed", activity="health")]},
        (
            *("presence", 1, "organisation", "wfp"),
            "'wfp' is agreed at 'a', but has no capability for activity 'health' there; "
            "add it to capabilities, or remove the agreement",
        ),
    ),
    "a capability for the force": (
        {"capabilities": [*CAPABILITIES, {"organisation": "wfp", "activity": "patrol"}]},
        (
            *("capabilities", 4, "activity", "patrol"),
            "activity 'patrol' has provider force, so no organisation can deliver it; "
            "remove the capability, or make the provider organisation",
        ),
    ),
    "exclusive with itself": (
        {"rules": [{"rule": "exclusive", "organisations": "wfp"}]},
        (
            *("rules", 1, "organisations", "wfp"),
            "exclusive needs at least two organisations; it names 1",
        ),
    ),
    "a partner of nobody": (
        {"rules": [{"rule": "partner"}]},
        ("rules", 1, "organisations", None, "partner needs at least two organisations; it names 0"),
    ),
    "one site": (
        {"rules": [{"rule": "incompatible_sites", "organisations": "wfp", "sites": "a"}]},
        (
            *("rules", 1, "sites", "a"),
            "incompatible_sites needs at least two sites, or a region; it names 1",
        ),
    ),
    "a region of one site": (
        {"rules": [{"rule": "incompatible_sites", "region": "north"}]},
        (
            *("rules", 1, "sites", "north"),
            "incompatible_sites needs at least two sites; the region has 1",
        ),
    ),
}


@pytest.mark.parametrize(("tables", "expected"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_contradiction_is_worded(tables: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert errors(**tables) == [expected]


def test_rules_that_bind_enough() -> None:
    rules = [
        {"rule": "exclusive", "organisations": "wfp; icrc", "sites": "a"},
        {"rule": "incompatible sites", "region": "south"},
        {"rule": "Incompatible-Sites", "sites": "a;b"},
    ]
    assert errors(rules=rules) == []


def test_two_unit_rules_for_the_same_place_and_period() -> None:
    units = [{"unit": "company", "persons": "100", "available": "3"}]
    first = {"unit": "company", "site": "a", "min": "1", "max": "", "from": "", "until": "2"}
    again = first | {"min": "2", "from": "2", "until": "3"}
    # Both hold in period 2; from period 3 on the second would stand alone.
    assert errors(units=units, unit_rules=[first, again]) == [
        (
            *("unit_rules", 2, "unit", "company"),
            "row 1 rules the same place for 'company' in the same periods; put min and max into one row, or "
            "give the rows different dates",
        )
    ]
    assert errors(units=units, unit_rules=[first, again | {"from": "3"}]) == []
