"""Names where people read, keys where machines do."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console

import pklogistics
from pklogistics.explain import explain
from pklogistics.explain.results import CONFLICT_COLUMNS
from pklogistics.explain.shortfalls.reasons import with_reasons
from pklogistics.report.comparison import differences, named, names_of_both
from pklogistics.report.explanation import explanation, worth_most
from pklogistics.report.html import report
from pklogistics.report.naming import reworded
from pklogistics.report.terminal import summary
from tests.command import run


@pytest.fixture(scope="module")
def mission():
    """Goods for 60 people in a store: they are given at the camp, where need is severe, and none are left."""
    tables = {
        "sites": [{"site": "camp", "name": "Camp of the mill, north"}, {"site": "hill"}],
        "activities": [{"activity": "rice", "name": "Food for all", "sector": "food"}],
        "needs": [
            {"site": "camp", "activity": "rice", "people": 60, "severity": 5},
            {"site": "hill", "activity": "rice", "people": 40, "severity": 1},
        ],
        "routes": [{"origin": "hub", "destination": "hill", "cost_per_t": 0}],
        "organisations": [{"organisation": "who", "name": "World (Health)"}, {"organisation": "camp"}],
        "capabilities": [{"organisation": "who", "activity": "rice"}],
        "commodities": [{"commodity": "rice", "name": "Rice, white", "unit": "bag", "weight_t": 0.001}],
        "recipes": [{"activity": "rice", "commodity": "rice", "per_person": 1}],
        "depots": [{"depot": "hub", "name": "Hub by the sea", "site": "camp"}],
        "funds": [{"fund": "pool", "name": "Pooled fund", "amount": 9}, {"fund": "own", "amount": 9}],
        "stock": [{"depot": "hub", "commodity": "rice", "quantity": 60}],
        "units": [
            *(
                {"unit": unit, "name": "Infantry", "persons": 9, "available": 1}
                for unit in ("inf_a", "inf_b")
            ),
        ],
    }
    return pklogistics.Mission.from_tables({"name": "mill"}, tables)


@pytest.fixture(scope="module")
def told(mission):
    plan = pklogistics.solve(mission)
    found = explain(mission, plan, time_limit=20)
    return with_reasons(plan, found.shortfalls), found


def text(*parts):
    stream = io.StringIO()
    Console(file=stream, width=120, markup=False, highlight=False).print(*parts)
    return " ".join(stream.getvalue().split())


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        # The kind tells which of two things of one key is meant; a thing without a name has its key.
        ("all staff of organisation 'who' are at work", "all staff of World (Health) are at work"),
        ("site 'camp' or organisation 'camp'", "Camp of the mill, north or camp"),
        ("fund 'pool' is spent; fund 'own' is spent", "Pooled fund is spent; fund own is spent"),
        ("no commodity 'rice' for activity 'rice'", "no Rice, white for Food for all"),
        ("every unit 'inf_b' is in use", "every Infantry (inf_b) is in use"),
        # Words that happen to be keys, and keys of another mission, stay.
        ("who is at camp, and fund camp", "who is at camp, and fund camp"),
        ("site 'elsewhere' is full", "site 'elsewhere' is full"),
    ],
)
def test_keys_that_are_mentioned_have_names(mission, words, shown):
    assert reworded(mission, pd.DataFrame({"reason": [words]}))["reason"].iloc[0] == shown


def test_people_read_names_and_machines_keys(mission, told):
    plan, found = told
    keyed = "commodity 'rice': none left at depot 'hub' (40 bags more)"
    named = "Rice, white: none left at Hub by the sea (40 bags more)"
    assert list(found.shortfalls["reason"]) == list(plan.tables["shortfalls"]["reason"]) == [keyed]
    for shown in (text(explanation(mission, found)), text(summary(mission, plan))):
        assert named in shown
        assert "'rice'" not in shown
    # So do changes of conflicts, and notes.
    words = "2 more at depot 'hub'"
    conflict = dict.fromkeys(CONFLICT_COLUMNS, "") | {"conflict": 1, "change": words, "joint": 0}
    conflicting = replace(found, conflicts=pd.DataFrame([conflict]), notes=("none at depot 'hub' yet",))
    for shown in (text(explanation(mission, conflicting)), report(mission, plan, conflicting)):
        assert "2 more at Hub by the sea" in shown
        assert "none at Hub by the sea yet" in shown
    # With an explanation, and of what stands in the plan alone.
    assert named in report(mission, plan, found)
    assert named in report(mission, plan)
    assert found.shortfalls["reason"].iloc[0] == keyed  # Shown, and not changed.


def test_one_more_is_told_in_the_unit_of_the_commodity(mission, told):
    _, found = told
    assert found.values.set_index("kind").loc["stock", "measure"] == "bag"
    assert set(found.limits["measure"]) == {"bag"}
    shown = text(*worth_most(mission, found))
    # Rice is an activity and a commodity, and of the scarce thing only the keys are known.
    assert "stock: Hub by the sea; rice bag 1" in shown


def test_compared_plans_tell_names_to_people_and_keys_to_machines(mission, tmp_path):
    # A bag less is one person less at the camp, of 100 in need: one point.
    plan = pklogistics.solve(mission)
    fewer = pklogistics.solve(pklogistics.changed(mission, ["stock.hub/rice.quantity=-1"]))
    unnamed = replace(plan, names={})  # As earlier versions wrote it.
    for name, each in (("plan", unnamed), ("fewer.xlsx", fewer)):
        each.save(tmp_path / name)
    words = run("compare", tmp_path / "plan", tmp_path / "fewer.xlsx").stdout
    shown = " ".join(words.split())
    assert "Camp of the mill, north Food for all 1 60 59 -1" in shown
    assert "paid: Pooled fund" in shown
    assert "-1.0 point " in shown
    record = json.loads(run("compare", tmp_path / "plan", tmp_path / "fewer.xlsx", "--json").stdout)
    assert [(line["site"], line["activity"]) for line in record["differences"]] == [("camp", "rice")]
    assert "paid: pool" in {line["measure"] for line in record["measures"]}


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        # Both call a site Man, and not the same one.
        ({"a": "Man", "c": "Lakota"}, {"Man (a)": (10, 300), "Man (b)": (20, 0), "Lakota": (0, 40)}),
        # One calls a as the other calls b, and the other way round: as the second plan does.
        ({"a": "Man", "b": "Danane"}, {"Man": (10, 300), "Danane": (20, 40)}),
        # What one plan calls b is the key of another site.
        ({"a": "b", "c": "d"}, {"b": (10, 300), "Man": (20, 0), "d": (0, 40)}),
        ({"a": "c", "c": ""}, {"c (a)": (10, 300), "Man": (20, 0), "c (c)": (0, 40)}),
    ],
)
def test_sites_are_compared_by_key_whatever_each_plan_calls_them(theirs, told, tmp_path):
    def solved(names, *people):
        needs = zip(names, people, strict=True)
        tables = {
            "sites": [{"site": site, "name": name} for site, name in names.items()],
            "activities": [{"activity": "food", "sector": "food"}],
            "needs": [{"site": site, "activity": "food", "people": count} for site, count in needs],
            "organisations": [{"organisation": "agency"}],
            "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
        }
        return pklogistics.solve(pklogistics.Mission.from_tables({"name": "alike"}, tables), threads=1)

    plans = solved({"a": "Danane", "b": "Man"}, 10, 20), solved(theirs, 300, 40)
    lines = named(differences(*plans), names_of_both(*plans)).set_index("site")
    found = {site: (line["first"], line["second"]) for site, line in lines.iterrows()}
    assert found == {site: pytest.approx(served) for site, served in told.items()}
    for name, plan in zip("AB", plans, strict=True):
        plan.save(tmp_path / name)
    shown = " ".join(run("compare", tmp_path / "A", tmp_path / "B").stdout.split())
    for site, (first, second) in told.items():
        assert f"{site} food 1 {first} {second} {second - first}" in shown
