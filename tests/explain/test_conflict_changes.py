"""What is told to let mandates hold does so when the tables are changed: one, several together, or none."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

import pklogistics
from pklogistics.explain import explain
from pklogistics.explain.conflicts.mandates import Mandates
from pklogistics.explain.conflicts.remedies import words_of
from pklogistics.explain.limits.kinds import MANDATES
from pklogistics.explain.refusals import without_refusals
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.instance.generate import generate
from pklogistics.model.encode import encode

HEADER = {"name": "changes", "periods": 1, "currency": "USD"}
CLINIC = {
    "sites": [{"site": "A"}, {"site": "B"}],
    "activities": [{"activity": "clinic", "sector": "health"}],
    "needs": [{"site": site, "activity": "clinic", "people": 10} for site in "AB"],
    "organisations": [{"organisation": "rc"}],
    "capabilities": [{"organisation": "rc", "activity": "clinic", "cost_per_presence": 100}],
    "presence": [
        {"organisation": "rc", "site": site, "activity": "clinic", "status": "agreed"} for site in "AB"
    ],
}


def _solved(mission):
    return pklogistics.solve(mission, threads=1, time_limit=20)


def _mission(amount):
    return pklogistics.Mission.from_tables(HEADER, {**CLINIC, "funds": [{"fund": "f", "amount": amount}]})


def test_a_mandate_that_could_hold_with_all_else_as_planned_is_said_to_stand_in_no_conflict():
    # A plan made when there was no money, explained when there is enough: nothing stands in the way.
    found = explain(_mission(200), _solved(_mission(0)))
    assert found.conflicts.empty, found.conflicts.to_string()
    (note,) = [note for note in found.notes if "no conflict stands behind" in note]
    assert "the agreement with organisation 'rc' at site 'A'" in note
    assert "the agreement with organisation 'rc' at site 'B'" in note
    # Of the money for one of them each could hold with the other as planned, and the best plan has one.
    found = explain(_mission(100), _solved(_mission(100)))
    assert len(found.conflicts)
    assert not any("no conflict stands behind" in note for note in found.notes)


def test_what_all_need_at_once_is_more_than_what_each_needs():
    # A presence costs 100, and there are 60: 40 more let either agreement hold, 140 both.
    mission = _mission(60)
    found = explain(mission, _solved(mission))
    told = found.conflicts
    assert set(told.loc[told["rule"] == "fund", "set"]) == {"funds.f.amount=100"}, told.to_string()
    (note,) = [note for note in found.notes if "at once" in note]
    assert note == (
        "both broken mandates with a conflict that a change ends would hold at once with funds.f.amount=+140"
    )
    for change, broken in (("=100", 1), ("=+139", 1), ("=+140", 0)):
        value = _solved(pklogistics.changed(mission, [f"funds.f.amount{change}"])).tiers[0].value
        assert (value > 1) == bool(broken)


def _people(mission, plan):
    """Return by how many people the plan breaks each mandate, by its words."""
    willing = without_refusals(mission)
    questions = Questions(willing.model, encode(willing.model, plan), willing.refused)
    return {words_of(questions, each): each.people for each in Mandates(questions).broken()}


def _at_once(found, people):
    """Return the change by which all mandates told hold at once, if told, and how far they are broken."""
    notes = [note.partition(" at once with ")[2] for note in found.notes if " at once with " in note]
    limits = found.conflicts[~found.conflicts["rule"].isin(MANDATES)]
    own = found.conflicts.drop_duplicates("conflict").set_index("conflict")["words"]
    broken = sum(people[words] for words in own.loc[limits["conflict"].unique()].unique())
    changes = [note.replace(" (less may do)", "").split(" and ") for note in notes]
    return {tuple(each): broken for each in changes if all(re.fullmatch(r"\S+=\S+", made) for made in each)}


# Money is short at 0.95, and there is none at 1; what several periods need is one more to choose from.
@pytest.mark.parametrize(("drawn", "periods"), [(18, 1), (58, 1), (2, 2), ("anew", 1), ("anew", 2)])
def test_a_change_that_is_told_lets_its_mandate_hold_in_the_changed_tables(drawn, periods):
    seed = random.randrange(10**6) if drawn == "anew" else drawn
    kinds = {"organisations": 3, "activities": 3, "funds": 3, "units": 2}
    mission = generate(4, seed=seed, tightness=0.95, periods=periods, **kinds)
    plan = _solved(mission)
    assert np.isfinite(plan.tiers[0].bound), seed
    people = _people(mission, plan)
    found = explain(mission, plan, conflicts=2, time_limit=120)
    told, changes = found.conflicts, _at_once(found, people)
    for _, lines in told.groupby("conflict"):
        holds = people[re.sub(r" \(the plan breaks it.*", "", lines["words"].iloc[0])]
        for _, line in lines.iterrows():
            together = told[told["joint"] == line["joint"]] if line["joint"] else line.to_frame().T
            if together["set"].ne("").all():
                changes[tuple(together["set"])] = holds
    for made, holds in list(changes.items())[:7]:
        # With the mandate kept, and no other broken further than in the plan, as many people fewer are.
        value = _solved(pklogistics.changed(mission, made)).tiers[0].value
        assert value <= plan.tiers[0].value - holds + 1e-3 * max(1.0, holds), (seed, made, told.to_string())


def test_money_is_offered_once_by_the_fund_that_has_too_little_and_not_again_by_what_it_pays_for():
    # 30 USD of `clinic` are there for a floor of 50: 20 more of it are the only money that may pay.
    activities = [{"activity": name, "sector": "h"} for name in ("c", "d")]
    tables = {
        "sites": [{"site": "A"}, {"site": "B"}],
        "activities": activities,
        "needs": [
            {"site": "A", "activity": "c", "people": 100, "min_coverage": 0.5},
            {"site": "B", "activity": "d", "people": 100},
        ],
        "organisations": [{"organisation": "rc"}],
        "capabilities": [
            {"organisation": "rc", "activity": name, "cost_per_person": 1} for name in ("c", "d")
        ],
        "funds": [{"fund": "clinic", "amount": 30}, {"fund": "other", "amount": 60}],
        "earmarks": [{"fund": "clinic", "activity": "c"}, {"fund": "other", "activity": "d"}],
    }
    mission = pklogistics.Mission.from_tables({"name": "m", "periods": 1, "currency": "USD"}, tables)
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).conflicts
    told = found.set_index("rule")
    assert told.loc["fund", "set"] == "funds.clinic.amount=50"
    assert told.loc["earmark", "set"] == ""
    assert told.loc["earmark", "change"] == "the same money: funds.amount: 20 USD more in fund 'clinic'"
