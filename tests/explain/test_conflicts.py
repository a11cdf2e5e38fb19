"""What cannot hold together: the mandate and one limit, and the change named lets the mandate hold."""

from __future__ import annotations

import re

import pytest

import pklogistics
from pklogistics.errors import OptionsError
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
    first = found[found["conflict"] == 1]
    # Smallest: any two of the two floors and the limit could hold together.
    assert first["rule"].tolist()[:2] == ["N3", "N3"]
    assert sorted(re.search("at site '(.*)'", words).group(1) for words in first["words"][:2]) == [
        "Danané",
        "Man",
    ]
    assert first["change"].tolist()[2:] == [change]
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


def test_either_floor_of_a_conflict_may_give_way():
    tables, _ = CASES["staff.UNICEF.people"]
    mission = pklogistics.Mission.from_tables(HEADER, {**FLOORS, **tables})
    found = explain(mission, _solved(mission)).conflicts
    first = found[(found["conflict"] == 1) & (found["rule"] == "N3")]
    tried = []
    for words, told in zip(first["words"], first["change"], strict=True):
        site = re.search("at site '(.*)'", words).group(1)
        change = f"needs.{site}/health.min_coverage={told.split()[-1]}"
        tried.append(_solved(pklogistics.changed(mission, [change])).tiers[0].value)
    assert tried == pytest.approx([0, 0], abs=1e-6)


def test_an_agreement_is_among_the_rows_and_a_second_conflict_is_told_too():
    # ICRC is agreed at the camp and accepts no armed presence, which the patrol needs: either could hold.
    # And 140 persons at most may be camped there, where a post asks for 150.
    patrol = {"activity": "patrol", "sector": "safety", "provider": "force"}
    mission = pklogistics.Mission.from_tables(
        HEADER,
        {
            "sites": [{"site": "camp", "max_persons": 140}],
            "activities": [{**patrol, "min_persons": 150}, {"activity": "health", "sector": "health"}],
            "needs": [
                {"site": "camp", "activity": "patrol", "people": 1000, "min_coverage": 1},
                {"site": "camp", "activity": "health", "people": 100},
            ],
            "organisations": [{"organisation": "ICRC", "accepts_armed_presence": "no"}],
            "capabilities": [{"organisation": "ICRC", "activity": "health"}],
            "presence": [{"organisation": "ICRC", "site": "camp", "status": "agreed"}],
            "units": [{"unit": "platoon", "persons": 50, "available": 4, "armed": "yes", "tasks": "patrol"}],
        },
    )
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).conflicts
    sets = {tuple(sorted(lines["rule"])) for _, lines in found.groupby("conflict")}
    assert sets == {("C6", "N3", "armed"), ("N3", "camp")}


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


# One floor of 80 at the camp: what stands against it, the change that is told, and the tables changed so.
CAMP = {
    "sites": [{"site": "camp"}],
    "activities": [{"activity": "food", "sector": "food"}],
    "needs": [{"site": "camp", "activity": "food", "people": 100, "min_coverage": 0.8}],
    "organisations": [{"organisation": "agency"}, {"organisation": "charity"}],
    "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
}
SIXTY = [{**CAMP["capabilities"][0], "max_people": 60}]
GUARDS = {"units": [{"unit": "guards", "persons": 30, "available": 1, "security": 5}]}
WHOLE = {"activity": "food", "sector": "food", "all_or_nothing": "yes"}
ALONE = {
    # Nobody but the agency is able, and it serves 60.
    "max_people": (
        {"capabilities": SIXTY},
        "capabilities.max_people: 20 people more",
        {"capabilities": [{**SIXTY[0], "max_people": 80}]},
    ),
    # The same where it has to be there, at a cost: the most is then said by a row of its presence.
    "max_people of a presence": (
        {"capabilities": [{**SIXTY[0], "cost_per_presence": 1}]},
        "capabilities.max_people: 20 people more",
        {"capabilities": [{**SIXTY[0], "cost_per_presence": 1, "max_people": 80}]},
    ),
    "refused": (
        {"presence": [{"organisation": "agency", "site": "camp", "status": "refused"}]},
        "presence.status: allowed in place of refused",
        {},
    ),
    # 10 points are asked for and 5 are there: less is to be asked, not more.
    "security": (
        {"sites": [{"site": "camp", "security_required": 10}], **GUARDS},
        "sites.security_required: 5 points less",
        {"sites": [{"site": "camp", "security_required": 5}], **GUARDS},
    ),
    # Of 85 at most, nine tenths of the need are too many: 85 are five less.
    "min_share": (
        {
            "activities": [{"activity": "food", "sector": "food", "min_share": 0.9}],
            "capabilities": [{**SIXTY[0], "max_people": 85}],
        },
        "activities.min_share: 0.85 in place of 0.9",
        {
            "activities": [{"activity": "food", "sector": "food", "min_share": 0.85}],
            "capabilities": [{**SIXTY[0], "max_people": 85}],
        },
    ),
    "whole": (
        {"activities": [WHOLE], "capabilities": [{**SIXTY[0], "max_people": 85}]},
        "activities.all_or_nothing: no",
        {"capabilities": [{**SIXTY[0], "max_people": 85}]},
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_stands_against_a_floor_is_named_and_changed_as_told_lets_it_hold(name):
    tables, change, changed = ALONE[name]
    mission = pklogistics.Mission.from_tables(HEADER, {**CAMP, **tables})
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    assert plan.tiers[0].value > 1
    found = explain(mission, plan).conflicts
    told = found[found["rule"] == name.split()[0]]
    assert told["change"].tolist() == [change], found.to_string()
    more = pklogistics.solve(
        pklogistics.Mission.from_tables(HEADER, {**CAMP, **changed}), threads=1, time_limit=20
    )
    assert more.tiers[0].value == pytest.approx(0, abs=1e-6)


def test_the_row_that_refuses_consent_is_named_and_changed_as_told_lets_a_floor_hold():
    # The agency's other refusals are of another place, and the charity has no part in it.
    rows = [
        {"organisation": "agency", "site": "fort", "status": "refused"},
        {"organisation": "agency", "site": "camp", "until": 1, "status": "refused"},
    ]
    sites = [*CAMP["sites"], {"site": "fort"}]
    mission = pklogistics.Mission.from_tables(HEADER, {**CAMP, "sites": sites, "presence": rows})
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20))
    (change,) = found.conflicts.loc[found.conflicts["rule"] == "refused", "set"]
    assert change == "presence.agency/camp///1/refused.status=allowed"
    (keys,) = found.limits.loc[found.limits["kind"] == "refused", "keys"]
    assert change.startswith(f"presence.{keys[0]}.")
    more = pklogistics.solve(pklogistics.changed(mission, change), threads=1, time_limit=20)
    assert more.tiers[0].value == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ["min_share", "whole"])
def test_a_conflict_that_only_whole_numbers_make_is_smallest_too(name):
    # A half of an agreement could be had: the linear program keeps the floor. The wealth of money, staff and
    # sites has nothing to do with it, and is not named.
    tables, _, _ = ALONE[name]
    wealth = {
        "funds": [{"fund": "core", "amount": 1000}],
        "staff": [{"organisation": "agency", "people": 50}],
        "organisations": [{**each, "max_sites": 1} for each in CAMP["organisations"]],
        "capabilities": [{**each, "staff_per_1000": 100} for each in tables["capabilities"]],
    }
    mission = pklogistics.Mission.from_tables(HEADER, {**CAMP, **tables, **wealth})
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).conflicts
    assert sorted(found["rule"]) == sorted(["N3", "max_people", name])
    # As many as are missing of the share of the need, or of the whole of it.
    more = {"min_share": 5, "whole": 15}[name]
    (change,) = found.loc[found["rule"] == "max_people", "change"]
    assert change == f"capabilities.max_people: {more} people more"
    for by, kept in ((more, True), (more - 1, False)):
        able = pklogistics.changed(mission, [f"capabilities.agency/food.max_people=+{by}"])
        value = pklogistics.solve(able, threads=1, time_limit=20).tiers[0].value
        assert (value < 1e-6) == kept


def test_more_stock_than_the_depot_has_room_for_is_told_to_need_room():
    goods = {
        "commodities": [{"commodity": "rice", "weight_t": 0.001}],
        "recipes": [{"activity": "food", "commodity": "rice", "per_person": 1}],
        "depots": [{"depot": "port", "capacity_t": 0.03}],
        "stock": [{"depot": "port", "commodity": "rice", "quantity": 30}],
        "routes": [{"origin": "port", "destination": "camp"}],
    }
    mission = pklogistics.Mission.from_tables(HEADER, {**CAMP, **goods})
    found = explain(mission, _solved(mission)).conflicts
    stock = found[found["rule"] == "stock"]
    words = "stock.quantity: 50 units of the commodity more, and room for it in the depot"
    assert stock[["change", "set"]].values.tolist() == [[words, ""]], found.to_string()
    more = pklogistics.changed(mission, ["depots.port.capacity_t=0.08", "stock.port/rice/.quantity=80"])
    assert _solved(more).tiers[0].value == pytest.approx(0, abs=1e-6)


def test_where_nobody_could_keep_a_mandate_it_is_told_why():
    # Observers come in period 2, and are asked for in period 1: by a floor, and by a post.
    watch = {"activity": "watch", "sector": "safety", "provider": "force", "min_persons": 10}
    mission = pklogistics.Mission.from_tables(
        {**HEADER, "start": "2026-01-01", "periods": 2},
        {
            "sites": [{"site": "hill", "region": "north"}, {"site": "town", "region": "south"}],
            "activities": [watch],
            "needs": [{"site": "hill", "activity": "watch", "people": 100, "period": 1, "min_coverage": 0.5}],
            "units": [
                {
                    **{"unit": "observers", "persons": 10, "available": 1, "from": "2026-02-01"},
                    **{"tasks": "watch", "people_protected": 500},
                }
            ],
            "unit_rules": [{"unit": "observers", "region": "north", "min": 1, "until": "2026-01-31"}],
            "organisations": [],
            "capabilities": [],
        },
    )
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).conflicts
    told = {rule: list(lines["words"])[1:] for rule, lines in found.groupby("rule")}
    assert told == {
        "N3": [
            "no unit that can do this activity can be within reach in period 1: there is none then",
        ],
        "T3": ["no unit 'observers' could be there in period 1: there is none then"],
    }


def test_more_conflicts_are_looked_for_where_more_are_asked_for_and_what_is_left_is_said():
    # Seven camps with a floor of 80 each, and nobody serves more than 60 in any.
    camps = [f"camp {number}" for number in range(7)]
    needs = [{**CAMP["needs"][0], "site": site} for site in camps]
    tables = {**CAMP, "sites": [{"site": site} for site in camps], "needs": needs, "capabilities": SIXTY}
    mission = pklogistics.Mission.from_tables(HEADER, tables)
    plan = _solved(mission)
    five, seven = explain(mission, plan), explain(mission, plan, conflicts=7)
    assert (five.conflicts["conflict"].max(), seven.conflicts["conflict"].max()) == (5, 7)
    assert any("looked into for conflicts: 2 (only the 5 gravest were asked for)" in n for n in five.notes)
    assert not any("conflicts" in note for note in seven.notes)
    none = explain(mission, plan, conflicts=0)
    assert none.conflicts.empty
    with pytest.raises(OptionsError, match="not -1"):
        explain(mission, plan, conflicts=-1)


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


def test_a_post_at_a_site_without_mandates_of_its_own_stands_against_a_floor_elsewhere():
    # One platoon gives the five points that both sites ask for, and is to stand in the town.
    secured = [{"site": site, "security_required": 5} for site in ("camp", "town")]
    mission = pklogistics.Mission.from_tables(
        HEADER,
        {
            "sites": secured,
            "activities": [{"activity": "food", "sector": "food"}],
            "needs": [{"site": "camp", "activity": "food", "people": 100, "min_coverage": 0.2}],
            "organisations": [{"organisation": "agency"}],
            "capabilities": [{"organisation": "agency", "activity": "food"}],
            "units": [{"unit": "platoon", "persons": 30, "available": 1, "security": 5}],
            "unit_rules": [{"unit": "platoon", "site": "town", "min": 1}],
        },
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    found = explain(mission, plan).conflicts
    assert found["conflict"].unique().tolist() == [1]
    assert sorted(found["rule"]) == ["N3", "T3", "security", "units"]
    changes = {"units.platoon.available=+1", "sites.camp.security_required=-5"}
    for change in changes:
        with_it = pklogistics.solve(pklogistics.changed(mission, [change]), threads=1, time_limit=20)
        assert with_it.tiers[0].value == pytest.approx(0)
