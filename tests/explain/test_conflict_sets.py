"""A set that is told holds every row that it takes, and none twice; its words name what stands there."""

from __future__ import annotations

import random
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

import pklogistics
from pklogistics.explain import explain
from pklogistics.explain.conflicts.elastic_mission import elastic_whole
from pklogistics.explain.conflicts.parts import Parts, Scopes
from pklogistics.explain.conflicts.scope import Scope
from pklogistics.explain.conflicts.sets import conflict_sets
from pklogistics.explain.conflicts.table import _notes
from pklogistics.explain.conflicts.told import Found
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.bounds import broken_columns
from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.limits.sentences import when_of
from pklogistics.explain.refusals import without_refusals
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.instance.generate import generate
from pklogistics.model.encode import encode

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
    assert "row 2 of unit_rules allows no change of unit 'inf' in the theatre" in found["words"].tolist()


def test_periods_and_conflicts_are_counted_as_people_do():
    assert when_of([1, 2, 3], 6) == " in periods 1, 2 and 3"
    assert (when_of([2, 1], 6), when_of([2], 6), when_of([], 6)) == (
        " in periods 1 and 2",
        " in period 2",
        "",
    )
    found = Found(conflicts=[], limits=np.array([], dtype=np.int64), too_large=1)
    nobody = SimpleNamespace(model=None)
    unknown, large = _notes(nobody, [(None, found)], 1, 5, Deadline())
    assert unknown.startswith("of 1 broken mandate it is not known")
    assert large == "1 conflict may name more rows than it takes: no time was left"


def test_what_whole_numbers_make_is_told_beside_what_money_makes():
    # 660 of 2,200 are asked for at 5 USD, whole or not at all: 1,000 USD pay for 200; max_people is 1,000.
    # More money alone will not do, nor more max_people alone.
    tables = {
        "activities": [{**CLINIC["activities"][0], "all_or_nothing": "yes"}],
        "needs": [{"site": "A", "activity": "clinic", "people": 2200, "min_coverage": 0.3}],
        "capabilities": [{**CLINIC["capabilities"][0], "cost_per_person": 5, "max_people": 1000}],
        "funds": [{"fund": "f", "amount": 1000}],
    }
    found = _conflicts(tables)
    sets = {tuple(sorted(lines["rule"])) for _, lines in found.groupby("conflict")}
    assert sets == {("N3", "fund"), ("N3", "max_people", "whole")}, found.to_string()
    # No change of one row is enough, but that of the floor: the others take one in each of the two conflicts.
    # The least of them all is 2,300 USD more, that 660 be paid for, if not all of them have to be served; if
    # they have, it is 10,000 USD and 1,200 people.
    joint = found[found["joint"] == 1]
    assert joint["set"].tolist() == ["funds.f.amount=+2300", "activities.clinic.all_or_nothing=no"]
    assert joint["change"].tolist() == [
        "funds.amount: 2,300 USD more, with all else of joint change 1",
        "activities.all_or_nothing: no, with all else of joint change 1",
    ]
    assert set(found.loc[found["joint"] == 0, "change"]) == {
        "lower min_coverage from 0.30 to 0.00",
        "capabilities.max_people: at least 1,200 people more, and a change in the mandate's other conflicts",
    }
    mission = _mission(tables)
    assert _solved(pklogistics.changed(mission, joint["set"])).tiers[0].value < 1e-6
    for alone in joint["set"]:
        assert _solved(pklogistics.changed(mission, [alone])).tiers[0].value > 1
    assert "fund 'f' has 1,000 USD and no more" in found["words"].tolist()
    assert (
        "organisation 'rc' may serve no more than 1,000 people by its max_people" in found["words"].tolist()
    )
    both = {"capabilities": [{**tables["capabilities"][0], "max_people": 2200}]}
    assert _broken({**tables, **both, "funds": [{"fund": "f", "amount": 3300 + 5 * 1540}]}) < 1e-6
    rich = {**tables, "funds": [{"fund": "f", "amount": 1e6}]}
    assert _broken(rich) > 1
    assert _broken({**rich, "activities": CLINIC["activities"]}) < 1e-6


def test_a_mandate_that_no_time_is_left_for_may_give_way_as_far_as_the_plan_breaks_it(monkeypatch):
    # 300 of 800 are paid for; with no time to ask for less, the plan itself is the proof that 0.3 would do.
    tables = {
        "needs": [{"site": "A", "activity": "clinic", "people": 1000, "min_coverage": 0.8}],
        "capabilities": [{**CLINIC["capabilities"][0], "cost_per_person": 1}],
        "funds": [{"fund": "f", "amount": 300}],
    }
    monkeypatch.setattr(Scope, "gives_way_itself", lambda *_: None)
    told = _conflicts(tables).iloc[0]
    assert told["change"] == "lower min_coverage from 0.80 to 0.30, as in the plan (less may do)"
    assert told["set"] == "needs.A/clinic/.min_coverage=0.3"


def test_money_that_may_pay_is_told_by_its_fund_or_by_the_periods_that_lack_it():
    # The clinic costs 100 in each of two periods: of the only fund that may pay for it 150 are left.
    tables = {
        "needs": [{"site": "A", "activity": "clinic", "people": 10, "min_coverage": 1}],
        "capabilities": [{**CLINIC["capabilities"][0], "cost_per_presence": 100}],
        "funds": [{"fund": "f", "amount": 150}, {"fund": "g", "amount": 1000}],
        "earmarks": [{"fund": "f", "sector": "health"}, {"fund": "g", "organisation": "un"}],
        "organisations": [*CLINIC["organisations"], {"organisation": "un"}],
    }
    header = {"periods": 2, "start": "2026-01-01"}
    found = _conflicts(tables, **header)
    told = found[found["rule"] == "earmark"]
    (same,) = told[["change", "set"]].to_numpy().tolist()
    assert same == ["the same money: funds.amount: 50 USD more in fund 'f'", ""], found.to_string()
    mission = pklogistics.changed(_mission(tables, **header), found.loc[found["rule"] == "fund", "set"])
    assert _solved(mission).tiers[0].value < 1e-6
    # Where that fund opens in the second period alone, more in it is of no use in the first.
    late = {**tables, "funds": [{"fund": "f", "amount": 200, "from": 2}, tables["funds"][1]]}
    found = _conflicts(late, **header)
    told = found[found["rule"] == "earmark"]
    (words,) = told["words"]
    assert words == "the only money for it (fund 'f') is not open in period 1 (100 USD missing)"
    assert told[["change", "set"]].values.tolist() == [["100 USD that may pay for it in period 1", ""]]


LOCAL = {"organisation": "loc", "kind": "local"}
RULES = {
    # The agency is agreed and must be lifted from what its row of organisations says, not deleted.
    "armed": (
        {
            "organisations": [{"organisation": "rc", "accepts_armed_presence": "no"}],
            "units": INFANTRY,
            "unit_rules": [{"unit": "inf", "site": "A", "min": 1}],
            "presence": [AGREED],
        },
        "organisations.accepts_armed_presence: yes",
        {"organisations": [{"organisation": "rc", "accepts_armed_presence": "yes"}]},
    ),
    "local_partner": (
        {"organisations": [{"organisation": "rc", "needs_local_partner": "yes"}], "presence": [AGREED]},
        "organisations.needs_local_partner: no",
        {"organisations": [{"organisation": "rc", "needs_local_partner": "no"}]},
    ),
    # Who begins in period 1, as agreed, has to go on in period 2, when it has no money.
    "continuity": (
        {
            "activities": [{**CLINIC["activities"][0], "continuous": "yes"}],
            "needs": [{**CLINIC["needs"][0], "period": period} for period in (1, 2)],
            "capabilities": [{**CLINIC["capabilities"][0], "cost_per_presence": 100}],
            "funds": [{"fund": "f", "amount": 100}],
            "presence": [{**AGREED, "until": 1}],
        },
        "activities.continuous: no",
        {"activities": CLINIC["activities"]},
    ),
    # The lead accepts no armed presence, which a post asks for; without it nobody else may come.
    "lead": (
        {
            "needs": [{**CLINIC["needs"][0], "min_coverage": 1}],
            "organisations": [
                {"organisation": "rc"},
                {"organisation": "un", "accepts_armed_presence": "no"},
            ],
            "capabilities": [{"organisation": who, "activity": "clinic"} for who in ("rc", "un")],
            "units": INFANTRY,
            "unit_rules": [{"unit": "inf", "site": "A", "min": 1}],
            "presence": [{**AGREED, "organisation": "un", "status": "lead"}],
        },
        "presence.status: allowed in place of lead",
        {"presence": [{**AGREED, "organisation": "un", "status": "allowed"}]},
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_what_a_column_says_is_changed_there_and_no_row_deleted(rule):
    tables, change, changed = RULES[rule]
    header = {"periods": 2, "start": "2026-01-01"} if rule == "continuity" else {}
    found = _conflicts(tables, **header)
    assert found.loc[found["rule"] == rule, "change"].tolist() == [change], found.to_string()
    assert _broken(tables, **header) > 0.5
    assert _broken({**tables, **changed}, **header) < 1e-6


def test_the_lead_that_others_wait_for_is_named():
    tables, _, _ = RULES["lead"]
    found = _conflicts(tables)
    (words,) = found.loc[found["rule"] == "lead", "words"]
    assert words == "organisation 'rc' may come only with organisation 'un', the lead of activity 'clinic'"


def test_a_surgeon_is_asked_for_by_the_level_of_the_site():
    # Surgeons there are, with the second unit, but it may not come to A: a post there needs one near.
    tables = {
        "sites": [{"site": "A", "lat": 0.0, "lon": 0.0}, {"site": "B", "lat": 30.0, "lon": 0.0}],
        "units": [*INFANTRY, {**INFANTRY[0], "unit": "med", "medical_level": 2}],
        "unit_rules": [{"unit": "inf", "site": "A", "min": 1}, {"unit": "med", "site": "B", "min": 1}],
    }
    header = {"policy": {"medevac_minutes": 60, "medevac_speed_kmh": 200}}
    found = _conflicts(tables, **header)
    told = found.set_index("rule")["change"]
    assert told["surgeon"] == "sites.medical_level: 2", found.to_string()
    safe = [{**tables["sites"][0], "medical_level": 2}, tables["sites"][1]]
    assert _broken(tables, **header) > 1
    assert _broken({**tables, "sites": safe}, **header) < 1e-6


ALIKE = {
    "sites": [{"site": "A", "group": "x"}, {"site": "B", "group": "y"}],
    "needs": [
        {"site": "A", "activity": "clinic", "people": 1000, "severity": 3, "min_coverage": 1},
        {"site": "B", "activity": "clinic", "people": 1000, "severity": 3},
    ],
    "capabilities": [{"organisation": "rc", "activity": "clinic", "cost_per_person": 1}],
    "funds": [{"fund": "f", "amount": 1000}],
}


def test_impartiality_holds_back_a_floor_for_the_sake_of_a_site_without_one():
    # 1,000 USD serve all of A; of B, the other group, 900 must be served then. Of 1,000 that is 550 and
    # 450: the floor is broken by 450, or the tolerance is 1, or there are 900 USD more.
    header = {"policy": {"impartiality_tolerance": 0.1}}
    found = _conflicts(ALIKE, **header)
    told = found.groupby("rule")["change"].first()
    assert sorted(told.index) == ["N3", "Q1", "fund"], found.to_string()
    assert not found["words"].str.contains("no bound").any()
    assert told["N3"] == "lower min_coverage from 1.00 to 0.55"
    assert told["Q1"] == "raise impartiality_tolerance from 0.10 to 1.00"
    assert told["fund"] == "funds.amount: 900 USD more"
    floors = [{**ALIKE["needs"][0], "min_coverage": 0.55}, ALIKE["needs"][1]]
    assert _broken({**ALIKE, "needs": floors}, **header) < 1e-3
    assert _broken(ALIKE, policy={"impartiality_tolerance": 1.0}) < 1e-3
    assert _broken({**ALIKE, "funds": [{"fund": "f", "amount": 1900}]}, **header) < 1e-3
    assert _broken({**ALIKE, "funds": [{"fund": "f", "amount": 1800}]}, **header) > 1


def test_where_impartiality_gives_way_the_share_that_is_told_lets_it_hold():
    # At A all are served if its floor holds, and at B no more than 600 of 3,000, a fifth: a spread of 0.8.
    tables = {
        **{name: table for name, table in ALIKE.items() if name != "funds"},
        "needs": [ALIKE["needs"][0], {**ALIKE["needs"][1], "people": 3000}],
        "capabilities": [
            {"organisation": "rc", "activity": "clinic", "site": "A"},
            {"organisation": "rc", "activity": "clinic", "site": "B", "max_people": 600},
        ],
    }
    found = _conflicts(tables, policy={"impartiality_tolerance": 0.15})
    told = found.loc[found["rule"] == "Q1", "change"].unique()
    assert told.tolist() == ["raise impartiality_tolerance from 0.15 to 0.80"], found.to_string()
    assert _broken(tables, policy={"impartiality_tolerance": 0.8}) < 1e-3
    assert _broken(tables, policy={"impartiality_tolerance": 0.79}) > 1


@pytest.mark.parametrize(
    ("people", "floor", "money", "change"),
    [
        # A tenth of 9,000, though 0.1 * 100 in floating point is a little less than 10.
        (9000, 0.5, 900, "lower min_coverage from 0.50 to 0.10"),
        # Nine thousandths.
        (9000, 0.01, 81, "lower min_coverage from 0.01 to 0.009"),
        # 33.3 %: two digits are not a person off.
        (90, 0.5, 30, "lower min_coverage from 0.50 to 0.33"),
        (9000, 0.005, 9, "lower min_coverage from 0.005 to 0.001"),
    ],
)
def test_a_floor_is_lowered_no_further_than_to_what_holds(people, floor, money, change):
    needs = [{"site": "A", "activity": "clinic", "people": people, "min_coverage": floor}]
    tables = {**ALIKE, "needs": needs, "funds": [{"fund": "f", "amount": money}]}
    found = _conflicts(tables)
    told = found.set_index("rule")
    assert told["change"]["N3"] == change
    assert told["words"]["N3"].startswith(f"the floor of {100 * floor:g}% for")
    lower = [{**needs[0], "min_coverage": float(change.split()[-1])}]
    assert _broken({**tables, "needs": lower}) < 1e-3


def test_no_note_is_made_of_conflicts_that_nobody_asked_for():
    mission = _mission({**ALIKE, "funds": [{"fund": "f", "amount": 0}]})
    found = explain(mission, _solved(mission), conflicts=0)
    assert found.conflicts.empty
    assert not any("gravest" in note for note in found.notes)


CLOSED = {
    # Two units are to be anywhere: none may be at A, and one at B. Either rule, relaxed by one, lets them.
    "a rule allows none": (
        {"unit_rules": [{"unit": "inf", "site": "A", "max": 0}, {"unit": "inf", "site": "B", "max": 1}]},
        {"unit 'inf' at site 'A'": "unit_rules.max: 1 unit more", "site 'B'": "unit_rules.max: 1 unit more"},
        [
            {"unit_rules": [{"unit": "inf", "site": "A", "max": 1}, {"unit": "inf", "site": "B", "max": 1}]},
            {"unit_rules": [{"unit": "inf", "site": "A", "max": 0}, {"unit": "inf", "site": "B", "max": 2}]},
        ],
    ),
    # A has room for 60 of 100 persons, B for 150: for one of the two units.
    "no room for one": (
        {"sites": [{"site": "A", "max_persons": 60}, {"site": "B", "max_persons": 150}]},
        {"site 'A'": "sites.max_persons: 40 persons more", "site 'B'": "sites.max_persons: 50 persons more"},
        [
            {"sites": [{"site": "A", "max_persons": 100}, {"site": "B", "max_persons": 150}]},
            {"sites": [{"site": "A", "max_persons": 60}, {"site": "B", "max_persons": 200}]},
        ],
    ),
}


@pytest.mark.parametrize("name", CLOSED)
def test_places_that_are_closed_to_units_are_among_the_rows(name):
    tables, told, changes = CLOSED[name]
    post = {"unit": "inf", "min": 2}
    theatre = {"units": [{**INFANTRY[0], "available": 3}], "unit_rules": [post]}

    def mission(tables):
        return {**theatre, **tables, "unit_rules": [post, *tables.get("unit_rules", [])]}

    found = _conflicts(mission(tables))
    limits = found[found["rule"] != "T3"]
    assert len(limits) == len(told), found.to_string()
    for where, change in told.items():
        assert limits.loc[limits["words"].str.contains(where), "change"].tolist() == [change]
    assert _broken(mission(tables)) > 1
    assert [_broken(mission(changed)) for changed in changes] == pytest.approx([0, 0], abs=1e-6)


def test_a_floor_whose_site_no_unit_may_secure_conflicts_with_the_rule():
    # The unit that there is would secure A, and may not be there.
    tables = {
        "sites": [{"site": "A", "security_required": 1}, {"site": "B"}],
        "needs": [{**CLINIC["needs"][0], "min_coverage": 1}],
        "units": INFANTRY,
    }
    rule = {"unit": "inf", "site": "A", "max": 0}
    found = _conflicts({**tables, "unit_rules": [rule]})
    assert sorted(found["rule"]) == ["N3", "security", "unit_rule"], found.to_string()
    assert "unit_rules.max: 1 unit more" in found["change"].tolist()
    assert _broken({**tables, "unit_rules": [{**rule, "max": 1}]}) < 1e-6


def test_a_rule_that_allows_a_million_units_is_not_one_that_allows_none():
    # Two units are to be anywhere: none may be at A, and B has room for one, whatever a rule allows there.
    rules = [{"unit": "inf", "site": "A", "max": 0}, {"unit": "inf", "site": "B", "max": 1_000_000}]
    found = _conflicts(
        {
            "sites": [{"site": "A"}, {"site": "B", "max_persons": 150}],
            "units": [{**INFANTRY[0], "available": 3}],
            "unit_rules": [{"unit": "inf", "min": 2}, *rules],
        }
    )
    assert sorted(found["rule"]) == ["T3", "camp", "unit_rule"], found.to_string()
    told = found.set_index("rule")
    assert "site 'A'" in told["words"]["unit_rule"]
    assert told["set"]["camp"] == "sites.B.max_persons=200"


def test_a_set_whose_rows_are_not_known_to_be_needed_is_not_said_to_be_smallest(monkeypatch):
    # Where no point of the mission is found at which the others hold, each row may be one too many.
    mission = _mission({**ALIKE, "funds": [{"fund": "f", "amount": 0}]})
    willing = without_refusals(mission)
    questions = Questions(willing.model, encode(willing.model, _solved(mission)), willing.refused)
    scopes = Scopes(questions)
    (mandate, *_) = scopes.mandates.broken()
    (found, *_), _ = conflict_sets(Parts(scopes, mandate.columns), mandate, Deadline(time.monotonic() + 60))
    assert found.smallest
    monkeypatch.setattr(Scope, "holds", lambda *_: False)
    (found, *_), _ = conflict_sets(Parts(scopes, mandate.columns), mandate, Deadline(time.monotonic() + 60))
    assert not found.smallest


def _broken_at_least(scopes, mandate, limits, others):
    """Return how little a mandate can be broken with just these limits and mandates, by another solver."""
    questions = scopes.questions
    whole = elastic_whole(questions)
    piece = whole.piece
    free = (whole.of_row != NONE) & ~np.isin(whole.of_row, limits)
    upper, costs = piece.col_upper.copy(), np.zeros(piece.columns)
    kept = scopes.mandates.columns_of([mandate.number, *others])
    upper[np.setdiff1d(broken_columns(questions.model), kept)] = np.inf
    costs[mandate.columns] = 1.0
    found = milp(
        costs,
        constraints=LinearConstraint(
            piece.matrix,
            np.where(free & whole.falls, -np.inf, piece.row_lower),
            np.where(free & whole.rises, np.inf, piece.row_upper),
        ),
        bounds=Bounds(piece.col_lower, upper),
        integrality=questions.model.program.integer.astype(int),
    )
    assert found.status == 0, found.message
    return found.fun


# Of the first ones more rows stood in a set than it takes in whole numbers; the last is drawn anew.
@pytest.mark.parametrize(("drawn", "periods"), [(18, 1), (42, 1), (58, 1), ("anew", 1), ("anew", 2)])
def test_a_set_cannot_hold_and_without_any_one_of_its_rows_it_could(drawn, periods):
    seed = random.randrange(10**6) if drawn == "anew" else drawn
    kinds = {"organisations": 3, "activities": 3, "funds": 3, "units": 2}
    mission = generate(5, seed=seed, periods=periods, tightness=0.95, **kinds)
    willing = without_refusals(mission)
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    questions = Questions(willing.model, encode(willing.model, plan), willing.refused)
    scopes = Scopes(questions)
    for mandate in scopes.mandates.broken()[:3]:
        nothing = 1e-5 * max(1.0, mandate.amount)
        for found in conflict_sets(Parts(scopes, mandate.columns), mandate, Deadline(time.monotonic() + 60))[
            0
        ]:
            assert found.smallest
            assert _broken_at_least(scopes, mandate, found.limits, found.others) > nothing, seed
            for left_out in found.limits:
                rest = np.setdiff1d(found.limits, [left_out])
                assert _broken_at_least(scopes, mandate, rest, found.others) <= nothing, seed
            for left_out in found.others:
                rest = np.setdiff1d(found.others, [left_out])
                assert _broken_at_least(scopes, mandate, found.limits, rest) <= nothing, seed
