"""A set that is told holds every row that it takes, and none twice; its words name what stands there."""

from __future__ import annotations

import pandas as pd

import pklogistics
from pklogistics.explain import explain

HEADER = {"name": "conflict", "periods": 1, "currency": "USD"}
CLINIC = {
    "sites": [{"site": "A"}, {"site": "B"}],
    "activities": [{"activity": "clinic", "sector": "health"}],
    "needs": [{"site": "A", "activity": "clinic", "people": 10}],
    "organisations": [{"organisation": "rc"}],
    "capabilities": [{"organisation": "rc", "activity": "clinic"}],
}
INFANTRY = [{"unit": "inf", "kind": "infantry", "persons": 100, "available": 1, "security": 1}]
AGREED = {"organisation": "rc", "site": "A", "activity": "clinic", "status": "agreed"}


def _solved(mission):
    return pklogistics.solve(mission, threads=1, time_limit=20)


def _mission(tables, **header):
    return pklogistics.Mission.from_tables({**HEADER, **header}, {**CLINIC, **tables})


def _conflicts(tables, **header) -> pd.DataFrame:
    mission = _mission(tables, **header)
    return explain(mission, _solved(mission)).conflicts


def _broken(tables, **header) -> float:
    """Return by how much mandates are broken at least, in people."""
    return _solved(_mission(tables, **header)).tiers[0].value


def test_a_post_is_no_limit_beside_itself():
    # One unit, asked for at A and at B: either post gives way by one, or there is one unit more.
    posts = [{"unit": "inf", "site": "A", "min": 1}, {"unit": "inf", "site": "B", "min": 1}]
    found = _conflicts({"units": INFANTRY, "unit_rules": posts})
    assert sorted(found["rule"]) == ["T3", "T3", "units"], found.to_string()
    assert sorted(found["change"]) == ["lower min by 1", "lower min by 1", "units.available: 1 unit more"]
    assert _broken({"units": INFANTRY, "unit_rules": posts[:1]}) < 1e-6
    assert _broken({"units": [{**INFANTRY[0], "available": 2}], "unit_rules": posts}) < 1e-6


def test_the_most_of_a_rule_is_a_limit_though_its_least_is_a_mandate():
    # A post of one and no more than one at A, where the clinic asks for the security of two.
    tables = {
        "sites": [{"site": "A", "security_required": 2}, {"site": "B"}],
        "needs": [{**CLINIC["needs"][0], "min_coverage": 1}],
        "units": [{**INFANTRY[0], "available": 2}],
    }
    rule = {"unit": "inf", "site": "A", "min": 1, "max": 1}
    found = _conflicts({**tables, "unit_rules": [rule]})
    told = dict(zip(found["rule"], found["change"], strict=True))
    assert set(told) == {"N3", "security", "unit_rule"}
    assert told["unit_rule"] == "unit_rules.max: 1 unit more"
    assert _broken({**tables, "unit_rules": [{**rule, "max": 2}]}) < 1e-6


def test_armed_troops_of_a_post_against_an_agreement_are_three_rows():
    tables = {
        "organisations": [{"organisation": "rc", "accepts_armed_presence": "no"}],
        "units": INFANTRY,
        "unit_rules": [{"unit": "inf", "site": "A", "min": 1}],
        "presence": [AGREED],
    }
    found = _conflicts(tables)
    assert sorted(found["rule"]) == ["C6", "T3", "armed"], found.to_string()


def test_posts_of_a_region_and_of_the_theatre_are_told_by_their_place():
    sites = [{"site": "A", "region": "north"}, {"site": "B", "region": "south"}]
    for rule, where in (({"region": "north"}, "in region north"), ({}, "in the theatre")):
        found = _conflicts(
            {"sites": sites, "units": INFANTRY, "unit_rules": [{"unit": "inf", "min": 2, **rule}]}
        )
        assert f"the post of unit 'inf' {where}" in found["words"].tolist(), found.to_string()
        assert not found["words"].str.contains("nan").any()


def test_a_rule_on_units_everywhere_is_told_as_one_of_the_theatre():
    # Two guards are asked for at A; of two that there are, one may be anywhere.
    found = _conflicts(
        {
            "sites": [{"site": "A", "security_required": 2}, {"site": "B"}],
            "needs": [{**CLINIC["needs"][0], "min_coverage": 1}],
            "units": [{**INFANTRY[0], "available": 2}],
            "unit_rules": [{"unit": "inf", "max": 1}],
        }
    )
    assert "a rule on unit 'inf' in the theatre allows no change" in found["words"].tolist()
