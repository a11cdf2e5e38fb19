"""What cannot hold together: the mandate and one limit, and the change named lets the mandate hold."""

from __future__ import annotations

import re

import pytest

import pklogistics
from pklogistics.explain import explain
from tests.explain.solved import explained, solved

HEADER = {"name": "contradiction", "periods": 1, "currency": "USD"}
FLOORS = {
    "sites": [{"site": "Man"}, {"site": "Danané"}],
    "activities": [{"activity": "health", "sector": "health"}],
    "needs": [
        {"site": site, "activity": "health", "people": 1000, "min_coverage": 0.8}
        for site in ("Man", "Danané")
    ],
    "organisations": [{"organisation": "UNICEF"}],
    "capabilities": [{"organisation": "UNICEF", "activity": "health", "cost_per_person": 2}],
}
# Two floors of 800 people each, 1,600 in all; one limit lets 1,300 be served.
CASES = {
    # 10 staff serve 1,000: 13 serve 1,300, and 3 are missing.
    "staff.UNICEF.people": (
        {
            "capabilities": [
                {
                    "organisation": "UNICEF",
                    "activity": "health",
                    "cost_per_person": 2,
                    "staff_per_1000": 10,
                }
            ],
            "staff": [{"organisation": "UNICEF", "people": 13}],
        },
        "staff.people: 3 staff more",
    ),
    # 2 USD a person.
    "funds.core.amount": ({"funds": [{"fund": "core", "amount": 2600}]}, "funds.amount: 600 USD more"),
    "capabilities.UNICEF/health.max_people_total": (
        {
            "capabilities": [
                {
                    "organisation": "UNICEF",
                    "activity": "health",
                    "cost_per_person": 2,
                    "max_people_total": 1300,
                }
            ]
        },
        "capabilities.max_people_total: 300 people more",
    ),
}


def _solved(mission):
    return pklogistics.solve(mission, solver="glop")


@pytest.mark.parametrize("name", CASES)
def test_floors_that_cannot_both_hold_and_the_change_that_lets_them(name):
    tables, change = CASES[name]
    mission = pklogistics.Mission.from_tables(HEADER, {**FLOORS, **tables})
    plan = _solved(mission)
    assert plan.tiers[0].value == pytest.approx(300)
    found = explain(mission, plan).conflicts
    assert found["rule"].tolist().count("N3") == found["conflict"].max()
    first = found[found["conflict"] == 1]
    assert len(first) == 2  # Smallest: the mandate, and this limit alone.
    assert first["change"].iloc[1] == change
    # Either change, made in the tables, lets every mandate hold; a tenth less of the limit does not.
    by = float(re.search(r"([\d.]+)", change.split(":")[1]).group())
    more = pklogistics.changed(mission, [f"{name}=+{by}"])
    assert _solved(more).tiers[0].value == pytest.approx(0, abs=1e-6)
    less = pklogistics.changed(mission, [f"{name}=+{0.9 * by}"])
    assert _solved(less).tiers[0].value > 1


def test_lowering_one_floor_as_told_lets_all_hold():
    tables, _ = CASES["staff.UNICEF.people"]
    mission = pklogistics.Mission.from_tables(HEADER, {**FLOORS, **tables})
    found = explain(mission, _solved(mission)).conflicts
    # One solution breaks a single floor by 300 people: 0.8 to 0.5. Another may share the burden.
    where = re.compile("at site '(.*)'")
    lowered = [
        f"needs.{where.search(words).group(1)}/health.min_coverage={change.split()[-1]}"
        for words, change in zip(found["words"], found["change"], strict=True)
        if change.startswith("lower")
    ]
    assert lowered
    assert _solved(pklogistics.changed(mission, lowered)).tiers[0].value == pytest.approx(0, abs=1e-6)


def test_a_site_that_conflicts_by_itself_is_told_what_all_sites_with_mandates_would_take():
    # Man alone asks for 800 of 700: a conflict of its own. With Danané's 800 it takes 900 more, not 100.
    tables = {
        **FLOORS,
        "capabilities": [{**FLOORS["capabilities"][0], "max_people_total": 700}],
    }
    mission = pklogistics.Mission.from_tables(HEADER, tables)
    plan = _solved(mission)
    found = explain(mission, plan).conflicts
    # Whoever of the two is left out, all that the plan breaks is named, and of each as much as it lacks.
    broken = plan.tables["broken"].set_index("site")["amount"]
    assert broken.sum() == pytest.approx(900)
    amounts = {
        re.search("at site '(.*?)'", lines["words"].iloc[0]).group(1): float(
            re.search(r"([\d,.]+) people more", lines["change"].iloc[1]).group(1).replace(",", "")
        )
        for _, lines in found.groupby("conflict")
    }
    assert amounts == pytest.approx(broken.to_dict())
    # So much more lets both hold; a tenth less of it does not, nor do the 100 that Man lacks by itself.
    for share, kept in ((1.0, True), (0.9, False)):
        change = f"capabilities.UNICEF/health.max_people_total=+{share * sum(amounts.values())}"
        more = _solved(pklogistics.changed(mission, [change]))
        assert (more.tiers[0].value < 1e-6) == kept


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tiny-agreements", "organisations.old.max_sites=+1"),
        ("tiny-camps", "sites.fort.max_persons=+50"),
        ("tiny-handover", "staff.city_police.people=+0.8"),
    ],
)
def test_the_change_named_for_a_hand_argued_mission_lessens_what_is_broken(name, change):
    mission, plan = solved(name)
    table, key, _ = change.split(".", 2)
    if name == "tiny-handover":
        staff = mission.frame("staff")
        key = staff["organisation"].iloc[0]
        change = f"{table}.{key}.people=+0.8"
    amount = re.search(r"\+(.*)", change).group(1)
    assert any(amount in said for said in explained(name).conflicts["change"])
    more = pklogistics.solve(pklogistics.changed(mission, [change]), threads=1, time_limit=20)
    assert more.tiers[0].value < plan.tiers[0].value - 1e-3
