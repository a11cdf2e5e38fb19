"""Changes are made as they are told: by ``--set``, in the unit of the column, in all periods."""

from __future__ import annotations

import random

import pytest

import pklogistics
from pklogistics.explain import explain
from pklogistics.explain.conflicts.mandates import Mandates
from pklogistics.explain.conflicts.remedies import words_of
from pklogistics.explain.refusals import without_refusals
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.instance.generate import generate
from pklogistics.model.encode import encode

FOOD = {"activity": "food", "sector": "food"}
FLOOR = {"site": "camp", "activity": "food", "people": 100, "min_coverage": 0.8}
BOTH = [{"organisation": "agency"}, {"organisation": "charity", "kind": "local"}]
TABLES = {
    "sites": [{"site": "camp"}, {"site": "town"}],
    "activities": [FOOD],
    "needs": [FLOOR],
    "organisations": BOTH,
    "capabilities": [{"organisation": "agency", "activity": "food"}],
}
TWO = {"periods": 2}


def _mission(tables, **header):
    return pklogistics.Mission.from_tables(
        {"name": "told", "periods": 1, "currency": "USD", **header}, {**TABLES, **tables}
    )


def _solved(mission):
    return pklogistics.solve(mission, threads=1, time_limit=20)


RECIPE = [{"activity": "food", "commodity": "rice", "per_person": 1}]
ROAD = {"origin": "port", "destination": "camp", "mode": "road", "hours": 1}
GOODS = {
    "commodities": [{"commodity": "rice", "weight_t": 0.001}],
    "recipes": RECIPE,
    "depots": [{"depot": "port"}],
    "stock": [{"depot": "port", "commodity": "rice", "quantity": 500}],
    "routes": [ROAD],
}
TRUCK = {"depot": "port", "vehicle": "truck", "mode": "road", "count": 2, "payload_t": 0.01}
SIXTY = [{"organisation": name, "activity": "food", "max_people": 60} for name in ("agency", "charity")]
GUARD = {"unit": "guard", "persons": 30, "available": 1, "security": 5}

# What stands against floors (of 80 of 100), what is told of it, and the change as --set takes it.
CASES = {
    # 60 a month of 5 staff who are there in both: one row of staff, two workers more.
    "staff": (
        {
            "capabilities": [{"organisation": "agency", "activity": "food", "staff_per_1000": 100}],
            "staff": [{"organisation": "agency", "people": 6}],
        },
        TWO,
        "staff.people: 2 staff more",
        "staff.agency/.people=8",
    ),
    # In the second month alone.
    "staff of a month": (
        {
            "capabilities": [{"organisation": "agency", "activity": "food", "staff_per_1000": 100}],
            "staff": [{"organisation": "agency", "period": t, "people": p} for t, p in ((1, 8), (2, 6))],
        },
        TWO,
        "staff.people: 2 staff more",
        "staff.agency/2.people=8",
    ),
    "fund": (
        {
            "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 2}],
            "funds": [{"fund": "CERF", "amount": 100}],
        },
        TWO,
        # 160 people at 2 USD.
        "funds.amount: 220 USD more",
        "funds.CERF.amount=320",
    ),
    "max_people": ({"capabilities": SIXTY[:1]}, TWO, "capabilities.max_people: 20 people more", None),
    # The policy says that only one may come, who serves 60: here two may.
    "cap": (
        {"capabilities": SIXTY},
        {**TWO, "policy": {"max_organisations": 1}},
        "activities.max_organisations: 2 in place of 1, by policy.max_organisations",
        "activities.food.max_organisations=2",
    ),
    # Neither serves nine tenths of 100; each half of them, and both together no more than all.
    "min_share": (
        {"capabilities": SIXTY},
        {**TWO, "policy": {"min_share": 0.9}},
        "activities.min_share: 0.5 in place of 0.9, by policy.min_share",
        "activities.food.min_share=0.5",
    ),
    # At threat 3 the policy asks for eight points, and one guard gives five.
    "security": (
        {"sites": [{"site": "camp", "threat": 3}, {"site": "town"}], "units": [GUARD]},
        {**TWO, "policy": {"security_by_threat": [0, 0, 0, 8, 8]}},
        "sites.security_required: 5 in place of 8, by policy.security_by_threat",
        "sites.camp.security_required=5",
    ),
    "units": (
        {"sites": [{"site": "camp", "security_required": 8}, {"site": "town"}], "units": [GUARD]},
        TWO,
        "units.available: 1 unit more",
        "units.guard.available=2",
    ),
    # Two hours each of two trucks: each tour of two hours brings ten. Eight tours take eight trucks.
    "fleet": (
        {**GOODS, "fleets": [{**TRUCK, "hours_per_period": 2}]},
        TWO,
        "fleets.count: 6 vehicles more",
        "fleets.port/truck/road.count=8",
    ),
    # Two a month are for sale at most.
    "supply": (
        {
            **{**GOODS, "stock": [{"depot": "port", "commodity": "rice", "quantity": 1, "expires": 1}]},
            "commodities": [{"commodity": "rice", "weight_t": 0.001, "shelf_life": 1}],
            "supplies": [{"depot": "port", "commodity": "rice", "max_quantity": 60, "price": 1}],
        },
        TWO,
        "supplies.max_quantity: 20 units of the commodity more",
        "supplies.port/rice//.max_quantity=80",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_row_of_a_table_is_one_line_of_a_conflict_and_its_change_lets_the_floors_hold(name):
    tables, header, change, told = CASES[name]
    mission = _mission(tables, **header)
    plan = _solved(mission)
    assert plan.tiers[0].value > 1
    found = explain(mission, plan).conflicts
    lines = found[found["rule"] == name.split()[0]]
    assert lines["change"].tolist() == [change], found.to_string()
    assert told in (None, lines["set"].iloc[0])
    assert _solved(pklogistics.changed(mission, lines["set"])).tiers[0].value == pytest.approx(0, abs=1e-4)
    # The floor is one row, too, and gives way in all its periods.
    floors = found.loc[found["rule"] == "N3", "set"]
    assert len(floors) == 1
    assert _solved(pklogistics.changed(mission, floors)).tiers[0].value == pytest.approx(0, abs=1e-4)


def test_a_shortfall_that_lacks_staff_in_two_months_names_their_row_once():
    # What begins has to go on: 10 staff are asked for in both months, and 6 are there.
    mission = _mission(
        {
            "activities": [{**FOOD, "continuous": "yes", "all_or_nothing": "yes"}],
            "capabilities": [{"organisation": "agency", "activity": "food", "staff_per_1000": 100}],
            "staff": [{"organisation": "agency", "people": 6}],
        },
        **TWO,
    )
    told = explain(mission, _solved(mission))
    first = told.limits[told.limits["shortfall"] == 0]
    assert first[["kind", "keys", "amount"]].values.tolist() == [["staff", ("agency/",), pytest.approx(4)]]


def test_a_local_share_is_lowered_in_shares():
    # The charity, which is local, serves 40 of 80 that the floor asks for: half, where 0.7 are asked for.
    mission = _mission(
        {
            "capabilities": [SIXTY[0], {**SIXTY[1], "max_people": 40}],
            "handover": [{"activity": "food", "local_share": 0.7}],
        },
        **TWO,
    )
    found = explain(mission, _solved(mission)).conflicts
    share = found[found["rule"] == "C9"]
    assert share["change"].tolist() == ["lower local_share from 0.70 to 0.50"], found.to_string()
    assert share["set"].tolist() == ["handover.food//.local_share=0.5"]
    assert _solved(pklogistics.changed(mission, share["set"])).tiers[0].value == pytest.approx(0, abs=1e-4)


def test_more_people_than_a_presence_may_serve_still_need_the_presence():
    # The charity is in the camp and serves 60. The agency may be at one site, and has agreed to the town: it
    # serves nobody in the camp, however many it might serve where it is.
    mission = _mission(
        {
            "needs": [FLOOR, {"site": "town", "activity": "food", "people": 100}],
            "organisations": [{"organisation": "agency", "max_sites": 1}, BOTH[1]],
            "capabilities": SIXTY,
            "presence": [{"organisation": "agency", "site": "town", "status": "agreed"}],
        }
    )
    found = explain(mission, _solved(mission)).conflicts
    assert sorted(found["rule"]) == ["C6", "N3", "max_people", "max_sites"], found.to_string()
    assert "capabilities.charity/food///.max_people=80" in set(found["set"])
    assert _tried(mission) == 4


@pytest.mark.parametrize("drawn", [1, 8, 13, "anew"])
def test_every_change_of_a_drawn_mission_lets_its_mandate_hold(drawn):
    seed = random.randrange(10**6) if drawn == "anew" else drawn
    _tried(
        generate(4, seed=seed, periods=2, organisations=3, activities=3, funds=3, units=2, tightness=0.95),
        seed,
    )


def _tried(mission, seed=0):
    """Try the changes that are told to do, alone or together; return how many there are."""
    plan, count = _solved(mission), 0
    willing = without_refusals(mission)
    questions = Questions(willing.model, encode(willing.model, plan), willing.refused)
    mandates = {words_of(questions, each): each for each in Mandates(questions).broken()}
    found = explain(mission, plan, conflicts=2).conflicts
    own = found.groupby("conflict")["words"].transform("first")
    trials = [(own[at], [change]) for at, change in found.loc[found["joint"] == 0, "set"].items() if change]
    for _, lines in found[found["joint"] > 0].groupby("joint"):
        # What is made by hand, a row that goes or comes, is not tried.
        if (lines["set"] != "").all():
            trials.append((own[lines.index[0]], lines["set"].tolist()))
    for words, changes in trials:
        mandate = mandates.get(words)
        if mandate is None:
            continue
        # No other mandate has to be broken further for it.
        gained = plan.tiers[0].value - _solved(pklogistics.changed(mission, changes)).tiers[0].value
        assert gained >= mandate.people * (1 - 1e-4) - 1e-3, (seed, words, changes)
        count += 1
    return count
