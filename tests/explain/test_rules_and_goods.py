"""Rules and goods that bind alone: each is named, and relaxing just that row serves who was told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pklogistics
from pklogistics.explain import explain
from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.refusals import without_refusals
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.shortfalls.trial import served_when_relaxed
from pklogistics.model.encode import encode

HEADER = {"name": "small", "periods": 1, "currency": "USD"}
FOOD = {"activity": "food", "sector": "food"}
TOWN = {"site": "town"}
TABLES = {
    "sites": [{"site": "camp"}, TOWN],
    "activities": [FOOD],
    "needs": [{"site": "camp", "activity": "food", "people": 100}],
    "organisations": [{"organisation": "agency"}, {"organisation": "charity"}],
    "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
}
BOTH_IN_NEED = [*TABLES["needs"], {"site": "town", "activity": "food", "people": 90}]


def _goods(quantity: float, **depot: float) -> dict[str, list[dict[str, object]]]:
    """Return tables of one good, one for each person, from one depot to the camp."""
    return {
        "commodities": [{"commodity": "rice", "weight_t": 0.001}],
        "recipes": [{"activity": "food", "commodity": "rice", "per_person": 1}],
        "depots": [{"depot": "port", **depot}],
        "stock": [{"depot": "port", "commodity": "rice", "quantity": quantity}],
        "routes": [{"origin": "port", "destination": "camp"}],
    }


# Kind, site in question, people who are served once its row is relaxed, tables.
ALONE = [
    # 60 of 100 at most, and a part of them is no service: it is told what would let all be served.
    (
        "max_people",
        "camp",
        100,
        {
            "activities": [{**FOOD, "all_or_nothing": "yes"}],
            "capabilities": [{"organisation": "agency", "activity": "food", "max_people": 60}],
        },
    ),
    # The same where one organisation alone may serve it; and bags for 60.
    (
        "max_people",
        "camp",
        100,
        {
            "activities": [{**FOOD, "all_or_nothing": "yes", "max_organisations": 1}],
            "capabilities": [{"organisation": "agency", "activity": "food", "max_people": 60}],
        },
    ),
    ("stock", "camp", 100, {"activities": [{**FOOD, "all_or_nothing": "yes"}], **_goods(60)}),
    # Food for 20, and nobody comes for less than half of the need.
    ("min_share", "camp", 20, {"activities": [{**FOOD, "min_share": 0.5}], **_goods(20)}),
    # The lead needs ten points of security, and there is no unit that gives any; the charity needs none.
    (
        "lead",
        "camp",
        100,
        {
            "sites": [{"site": "camp", "security_required": 10}, TOWN],
            "organisations": [
                {"organisation": "agency"},
                {"organisation": "charity", "needs_security": "no"},
            ],
            "capabilities": [
                {"organisation": "agency", "activity": "food", "cost_per_person": 1, "max_people": 10},
                {"organisation": "charity", "activity": "food", "cost_per_person": 1},
            ],
            "presence": [
                {"organisation": "agency", "site": "camp", "activity": "food", "status": "lead"},
            ],
            "units": [{"unit": "observers", "persons": 5, "available": 1}],
        },
    ),
    # Two platoons make the camp safe in period 1, and leave; whoever comes has to stay for period 2.
    (
        "continuity",
        "camp",
        100,
        {
            "header": {"periods": 2},
            "sites": [{"site": "camp", "security_required": 10}, TOWN],
            "activities": [{**FOOD, "continuous": "yes"}],
            "units": [
                {"unit": "platoon", "persons": 30, "available": 2, "security": 5, "until": 1},
                {"unit": "section", "persons": 10, "available": 1, "security": 5, "from": 2},
            ],
        },
    ),
    # The charity, without which the agency may not come, works in the town only.
    (
        "partner",
        "camp",
        100,
        {
            "activities": [FOOD, {"activity": "water", "sector": "wash"}],
            "needs": [*TABLES["needs"], {"site": "town", "activity": "water", "people": 100}],
            "capabilities": [
                *TABLES["capabilities"],
                {"organisation": "charity", "activity": "water", "site": "town"},
            ],
            "rules": [{"rule": "partner", "organisations": "agency; charity"}],
        },
    ),
    # The partner would come, and is refused.
    (
        "refused",
        "camp",
        100,
        {
            "organisations": [
                {"organisation": "agency", "needs_local_partner": "yes"},
                {"organisation": "charity", "kind": "local"},
            ],
            "capabilities": [
                *TABLES["capabilities"],
                {"organisation": "charity", "activity": "food", "max_people": 10},
            ],
            "presence": [{"organisation": "charity", "site": "camp", "status": "refused"}],
        },
    ),
    (
        "local_partner",
        "camp",
        100,
        {
            "organisations": [
                {"organisation": "agency", "needs_local_partner": "yes"},
                {"organisation": "charity"},
            ]
        },
    ),
    # The camp has more people, so the town is left.
    (
        "incompatible_sites",
        "town",
        90,
        {
            "needs": BOTH_IN_NEED,
            "rules": [{"rule": "incompatible_sites", "organisations": "agency", "sites": "camp; town"}],
        },
    ),
    # The charity reaches 36 of 90 in the south, 40%: in the north it may be 50%.
    (
        "impartiality",
        "camp",
        50,
        {
            "header": {"policy": {"impartiality_tolerance": 0.1}},
            "sites": [{"site": "camp", "group": "north"}, {"site": "town", "group": "south"}],
            "needs": BOTH_IN_NEED,
            "capabilities": [
                {"organisation": "agency", "activity": "food", "site": "camp"},
                {"organisation": "charity", "activity": "food", "site": "town", "max_people": 36},
            ],
        },
    ),
    # Nobody has money, and of the north no more than the tolerance may be served while the south has nothing.
    (
        "fund",
        "camp",
        5,
        {
            "header": {"policy": {"impartiality_tolerance": 0.05}},
            "sites": [{"site": "camp", "group": "north"}, {"site": "town", "group": "south"}],
            "needs": BOTH_IN_NEED,
            "funds": [{"fund": "core", "amount": 0}],
        },
    ),
    # Each of two depots feeds one site, and only one may be in use.
    (
        "open_depots",
        "town",
        90,
        {
            **_goods(500),
            "header": {"policy": {"max_open_depots": 1}},
            "needs": BOTH_IN_NEED,
            "depots": [{"depot": "port"}, {"depot": "hub"}],
            "stock": [{"depot": d, "commodity": "rice", "quantity": 500} for d in ("port", "hub")],
            "routes": [
                {"origin": "port", "destination": "camp"},
                {"origin": "hub", "destination": "town"},
            ],
        },
    ),
    # Of 120 there are 80 to be kept: 40 are fed, and 60 more could be.
    (
        "stock_target",
        "camp",
        60,
        {
            **_goods(120),
            "stock_targets": [{"depot": "port", "commodity": "rice", "min_quantity": 80}],
        },
    ),
    # The charity, which is local, serves all 10 in the town: a fifth of 50, of which others serve 40.
    (
        "handover",
        "camp",
        60,
        {
            "needs": [*TABLES["needs"], {"site": "town", "activity": "food", "people": 10}],
            "organisations": [
                {"organisation": "agency"},
                {"organisation": "charity", "kind": "local"},
            ],
            "capabilities": [
                *TABLES["capabilities"],
                {"organisation": "charity", "activity": "food", "cost_per_person": 1, "site": "town"},
            ],
            "handover": [{"activity": "food", "local_share": 0.2}],
        },
    ),
    # There is less than the need in the whole country, so nothing was made to carry more. The same where
    # depot and route have to be opened: what is shut carries nothing, and open no more than there is.
    ("stock", "camp", 75, _goods(25)),
    (
        "stock",
        "camp",
        75,
        {
            **_goods(25, opening_cost=5),
            "routes": [{"origin": "port", "destination": "camp", "opening_cost": 5}],
        },
    ),
    # From another depot, and bought as far as there is any for sale.
    (
        "stock",
        "camp",
        75,
        {
            **_goods(5),
            "depots": [{"depot": "port"}, {"depot": "hub"}],
            "routes": [{"origin": "port", "destination": "hub"}, {"origin": "hub", "destination": "camp"}],
            "supplies": [{"depot": "port", "commodity": "rice", "price": 1, "max_quantity": 20}],
        },
    ),
]


def _mission(tables):
    given = {key: rows for key, rows in {**TABLES, **tables}.items() if key != "header"}
    return pklogistics.Mission.from_tables({**HEADER, **tables.get("header", {})}, given)


@pytest.mark.parametrize(("kind", "site", "people", "tables"), ALONE, ids=[case[0] for case in ALONE])
def test_a_rule_that_binds_alone_is_named_and_without_it_more_are_served(kind, site, people, tables):
    mission = _mission(tables)
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    found = explain(mission, plan)
    here = found.shortfalls[found.shortfalls["site"] == site]
    shortfall = here[here["period"] == 1].iloc[0]
    limits = found.limits[found.limits["shortfall"] == shortfall.name]
    assert limits["kind"].tolist() == [kind], shortfall["reason"]
    assert shortfall["proven"]
    assert shortfall["people"] == pytest.approx(people)
    assert served_when_relaxed(mission, plan, shortfall, limits) == pytest.approx(people, rel=2e-3)


WATER = {"activity": "water", "sector": "wash"}
PATROL = {"activity": "food", "sector": "safety", "provider": "force", "radius_km": 5}
PLATOON = {"unit": "platoon", "persons": 30, "available": 1, "people_protected": 100}
# Kind, tables in which nothing could serve, what is put right, and who is served then. No row of the program
# says so: there is nobody, or no way, to begin with.
MISSING = [
    # The agency has food to give, and water is asked for.
    (
        "nobody",
        {"activities": [FOOD, WATER], "needs": [{"site": "camp", "activity": "water", "people": 100}]},
        {"capabilities": [{"organisation": "agency", "activity": "water", "cost_per_person": 1}]},
    ),
    (
        "nobody_here",
        {"capabilities": [{"organisation": "agency", "activity": "food", "site": "town"}]},
        {"capabilities": [{"organisation": "agency", "activity": "food"}]},
    ),
    (
        "no_unit",
        {"activities": [PATROL], "capabilities": [], "units": [PLATOON]},
        {"units": [{**PLATOON, "tasks": "food"}]},
    ),
    (
        "no_post",
        {
            "sites": [{"site": "camp", "max_persons": 0}, TOWN],
            "activities": [PATROL],
            "capabilities": [],
            "units": [{**PLATOON, "tasks": "food"}],
        },
        {"sites": [{"site": "camp", "max_persons": 30}, TOWN]},
    ),
    (
        "staff",
        {
            "capabilities": [{"organisation": "agency", "activity": "food", "staff_per_1000": 10}],
            "staff": [{"organisation": "agency", "people": 0}],
        },
        {"staff": [{"organisation": "agency", "people": 1}]},
    ),
    (
        "max_people_total",
        {"capabilities": [{"organisation": "agency", "activity": "food", "max_people_total": 0}]},
        {"capabilities": [{"organisation": "agency", "activity": "food", "max_people_total": 100}]},
    ),
    (
        "max_people",
        {"capabilities": [{"organisation": "agency", "activity": "food", "max_people": 0}]},
        {"capabilities": [{"organisation": "agency", "activity": "food", "max_people": 100}]},
    ),
    # The agency leads, and has food for the town only; the charity, which could serve, may not go before it.
    (
        "lead",
        {
            "capabilities": [
                {"organisation": "agency", "activity": "food", "site": "town"},
                {"organisation": "charity", "activity": "food", "site": "camp"},
            ],
            "presence": [
                {"organisation": "agency", "site": "camp", "activity": "food", "status": "lead"},
            ],
        },
        {"presence": []},
    ),
    ("goods", {**_goods(500), "routes": [{"origin": "port", "destination": "town"}]}, _goods(500)),
]


@pytest.mark.parametrize(("kind", "tables", "mended"), MISSING, ids=[case[0] for case in MISSING])
def test_what_is_missing_altogether_is_told_and_once_it_is_there_all_are_served(kind, tables, mended):
    mission = _mission(tables)
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls
    assert found[["kind", "unmet", "proven"]].values.tolist() == [[kind, 100, True]], found["reason"].iloc[0]
    mission = _mission({**tables, **mended})
    assert pklogistics.solve(mission, threads=1, time_limit=20).tables["shortfalls"].empty


POSTS = {"activities": [PATROL], "capabilities": [], "units": [{**PLATOON, "tasks": "food"}]}
NO_SURGEON = {"header": {"policy": {"medevac_minutes": 60}}}
FULL = {"sites": [{"site": "camp", "max_persons": 29}, TOWN]}
VETO = {"unit_rules": [{"unit": "platoon", "site": "camp", "max": 0}]}
NO_POST = "no unit that can do this activity can be within reach in this period"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"units": [{**PLATOON, "tasks": "food", "available": 0}]}, ": there is none then"),
        (FULL, ": no camp has room for one"),
        (VETO, ": rules keep them away"),
        (NO_SURGEON, ": no surgeon could be near enough"),
        # Neither alone would do.
        ({**FULL, **NO_SURGEON}, ""),
        # The veto is on the platoon, and the company has no room: either would do.
        (
            {
                **VETO,
                "sites": [{"site": "camp", "max_persons": 30}, TOWN],
                "units": [
                    {**PLATOON, "tasks": "food"},
                    {**PLATOON, "unit": "company", "persons": 150, "tasks": "food"},
                ],
            },
            ": rules keep them away; or no camp has room for one",
        ),
    ],
)
def test_it_is_told_why_no_unit_can_be_within_reach(tables, words):
    mission = _mission({**POSTS, **tables})
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    assert plan.tables["shortfalls"]["reason"].tolist() == [NO_POST + words]
    found = explain(mission, plan).shortfalls
    assert found[["kind", "reason", "proven"]].values.tolist() == [["no_post", NO_POST + words, True]]


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        # A base costs 50, and the food 100: with 40 nothing begins.
        (
            {
                "organisations": [{"organisation": "agency", "base_cost": 50}],
                "funds": [{"fund": "core", "amount": 40}],
            },
            "of fund 'core' no more than 40 USD are left (110 USD more would do)",
        ),
        # All or nothing, at a worker for ten people.
        (
            {
                "activities": [{**FOOD, "all_or_nothing": "yes"}],
                "capabilities": [{"organisation": "agency", "activity": "food", "staff_per_1000": 100}],
                "staff": [{"organisation": "agency", "people": 4}],
            },
            "no more than 4 staff of organisation 'agency' are free (6 more would do)",
        ),
    ],
)
def test_what_is_left_and_not_enough_is_not_called_spent(tables, words):
    mission = _mission(tables)
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls
    assert words in found["reason"].iloc[0]


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({}, "no further unit 'platoon' is available"),
        ({"units": []}, "no unit gives any"),
        (
            {"units": [{**PLATOON, "security": 5, "available": 0}]},
            "be stationed there: there is none then",
        ),
        (VETO, "be stationed there: rules keep them away"),
        (FULL, "be stationed there: no camp has room for one"),
    ],
)
def test_it_is_told_why_no_unit_secures_a_site(tables, words):
    # The camp asks for 5 points, which one platoon gives; the town needs it, too, and loses more.
    sites = [{"site": "camp", "security_required": 5, "max_persons": 29 if tables is FULL else None}]
    guarded = [{"site": "town", "security_required": 5}]
    mission = _mission(
        {
            "needs": [
                {"site": "camp", "activity": "food", "people": 100},
                {"site": "town", "activity": "food", "people": 200},
            ],
            "units": [{**PLATOON, "security": 5}, {**PLATOON, "unit": "guides", "security": 0}],
            **tables,
            "sites": sites + guarded,
        }
    )
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls
    reason = found.loc[found["site"] == "camp", "reason"].iloc[0]
    assert words in reason


def _questions(tables):
    mission = _mission(tables)
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    willing = without_refusals(mission)
    return Questions(willing.model, encode(willing.model, plan), willing.refused)


def test_what_no_limit_would_help_is_proven_so():
    # Food for 20 of 100: with the stock that may be relaxed there is an answer; were it none that may, not.
    questions = _questions(_goods(20))
    site, unmet = 0, questions.model.assembly.unmet
    n = int(np.flatnonzero(unmet >= 0)[0])
    answer = questions.at_site(site).ask(n)
    assert answer.people == pytest.approx(80)
    assert questions.proves(answer)
    questions.limits.of_row[:] = NONE
    assert questions.at_site(site).ask(n).people == 0


ONLY_SIXTY = {"capabilities": [{"organisation": "agency", "activity": "food", "max_people": 60}]}
REFUSED = {"presence": [{"organisation": "agency", "site": "camp", "status": "refused"}]}


@pytest.mark.parametrize(("tables", "people"), [(_goods(20), 80), (ONLY_SIXTY, 40), (REFUSED, 100)])
def test_an_answer_that_does_not_name_what_it_relaxes_proves_nothing(tables, people):
    questions = _questions(tables)
    answer = questions.at_site(0).ask(0)
    assert answer.people == pytest.approx(people)
    assert questions.proves(answer)
    assert not questions.proves(replace(answer, limits=answer.limits[1:]))


def test_a_fund_that_is_short_of_a_millionth_is_named():
    # Beside five million dollars 2.50 are missing for the two people of one town: a hundred agencies draw on
    # the fund, each of which it could be paid to many times over, so 2.50 are nothing of what it could be
    # short of.
    many = range(100)
    tables = {
        "sites": [{"site": f"town {i}"} for i in many],
        "needs": [
            {"site": f"town {i}", "activity": "food", "people": 40_000 if i else 2, "severity": 2 if i else 1}
            for i in many
        ],
        "organisations": [{"organisation": f"agency {i}"} for i in many],
        "capabilities": [
            {"organisation": f"agency {i}", "site": f"town {i}", "activity": "food", "cost_per_person": 1.25}
            for i in many
        ],
        "funds": [
            {"fund": "CERF", "amount": 99 * 40_000 * 1.25},
            *({"fund": f"own {i}", "amount": 0} for i in many),
        ],
        "earmarks": [{"fund": f"own {i}", "organisation": f"agency {i}"} for i in many],
    }
    mission = _mission(tables)
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    found = explain(mission, plan)
    assert found.shortfalls[["site", "unmet", "kind", "proven"]].values.tolist() == [
        ["town 0", 2, "fund", True]
    ]
    assert served_when_relaxed(mission, plan, found.shortfalls.iloc[0], found.limits) == pytest.approx(2)


def test_a_post_at_another_site_is_asked_about():
    # Nobody can be camped at the camp itself. A platoon in the town, 11 km away, protects 60 of its 100
    # people, and another would protect the rest.
    patrol = {"activity": "patrol", "sector": "safety", "provider": "force", "radius_km": 50}
    platoon = {"unit": "platoon", "persons": 30, "available": 1, "tasks": "patrol", "people_protected": 60}
    mission = _mission(
        {
            "sites": [
                {"site": "camp", "latitude": 0, "longitude": 0, "max_persons": 0},
                {"site": "town", "latitude": 0, "longitude": 0.1},
            ],
            "activities": [patrol],
            "needs": [{"site": "camp", "activity": "patrol", "people": 100}],
            "capabilities": [],
            "units": [platoon],
        }
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    shortfall = told.shortfalls.iloc[0]
    assert (shortfall["kind"], shortfall["people"]) == ("units", pytest.approx(40))
    assert served_when_relaxed(mission, plan, shortfall, told.limits) == pytest.approx(40)


def test_food_that_an_activity_does_not_take_is_no_food_for_it():
    # Rice comes to the camp for another activity; ready meals, which alone are eaten unprepared, do not.
    mission = _mission(
        {
            **_goods(500),
            "activities": [FOOD, {"activity": "ready_food", "sector": "food"}],
            "needs": [*TABLES["needs"], {"site": "camp", "activity": "ready_food", "people": 50}],
            "capabilities": [{"organisation": "agency", "activity": a} for a in ("food", "ready_food")],
            "commodities": [{"commodity": name, "weight_t": 0.001} for name in ("rice", "ready_meal")],
            "recipes": [
                {"activity": "food", "commodity": "rice", "per_person": 1},
                {"activity": "ready_food", "commodity": "ready_meal", "per_person": 0},
                {"activity": "ready_food", "commodity": "rice", "per_person": 0, "max_per_person": 0},
            ],
            "nutrients": [
                {"commodity": name, "nutrient": "energy", "content": 2} for name in ("rice", "ready_meal")
            ],
            "requirements": [{"activity": "ready_food", "nutrient": "energy", "per_person": 1}],
        }
    )
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls
    assert found[["activity", "kind"]].values.tolist() == [["ready_food", "goods"]]
    assert "energy" in found["reason"].iloc[0]


def test_stock_of_two_expiries_is_one_limit_and_what_each_lacks_adds_up():
    stock = [
        {"depot": "port", "commodity": "rice", "quantity": 20, "expires": expires} for expires in ("1", "")
    ]
    question = _questions({**_goods(20), "stock": stock}).at_site(0)
    kinds = question.asked.limits.table["kind"].to_numpy()[question.site.breaks.limit]
    lots = np.flatnonzero(kinds == "stock")
    values = np.zeros(question.piece.columns)
    values[question.own + lots] = [10, 5]
    answer = question.answer(values, 0, 60.0)
    assert len(lots) == 2
    assert answer.amounts.tolist() == [15]


def test_more_stock_needs_room_until_it_is_needed():
    # 30 t for the second month fill the depot in the first: 70 t more need 70 t of room.
    mission = _mission(
        {
            **_goods(30, capacity_t=0.03),
            "header": {"periods": 2},
            "needs": [{"site": "camp", "activity": "food", "period": 2, "people": 100}],
        }
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    assert sorted(told.limits["kind"]) == ["stock", "storage"]
    assert served_when_relaxed(mission, plan, told.shortfalls.iloc[0], told.limits) == pytest.approx(70)


def test_what_a_limit_keeps_from_need_is_told_whatever_a_tolerance_gives_up_of_it():
    # In the town four of ninety are given up, for a tenth of the least need of 40 may be. In the camp 40 lack
    # an organisation: were there one, the least need were 0.
    mission = _mission(
        {
            "header": {
                "objective": {"tiers": ["mandate", {"name": "need", "tolerance": 0.1}, "cost"]},
            },
            "needs": BOTH_IN_NEED,
            "capabilities": [
                {"organisation": "agency", "activity": "food", "site": "camp", "max_people": 60}
                | {"cost_per_person": 1},
                {"organisation": "charity", "activity": "food", "site": "town", "cost_per_person": 10},
            ],
        }
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    kinds = dict(zip(told.shortfalls["site"], told.shortfalls["kind"], strict=True))
    assert kinds == {"camp": "max_people", "town": "weighed"}
    camp = told.shortfalls[told.shortfalls["site"] == "camp"].iloc[0]
    assert served_when_relaxed(mission, plan, camp, told.limits) == pytest.approx(40)


def test_stock_is_named_only_where_it_lasts_until_it_is_needed():
    # 40 come every month, and keep for it: stock at the start serves 60 more in the first, and nobody later,
    # where more would have to be for sale.
    goods = {**_goods(0), "commodities": [{"commodity": "rice", "weight_t": 0.001, "shelf_life": 1}]}
    del goods["stock"]
    mission = _mission(
        {
            **goods,
            "header": {"periods": 2},
            "supplies": [{"depot": "port", "commodity": "rice", "max_quantity": 40, "price": 1}],
        }
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    assert dict(zip(told.shortfalls["period"], told.shortfalls["kind"], strict=True)) == {
        1: "stock",
        2: "supply",
    }
    for at, shortfall in told.shortfalls.iterrows():
        limits = told.limits[told.limits["shortfall"] == at]
        assert served_when_relaxed(mission, plan, shortfall, limits) == pytest.approx(60)


def test_goods_that_come_later_than_the_first_month_are_valued_too():
    goods = _goods(0)
    del goods["stock"]
    supply = {"depot": "port", "commodity": "rice", "max_quantity": 40, "lead_time": 1, "price": 1}
    mission = _mission({**goods, "header": {"periods": 2}, "supplies": [supply]})
    told = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20))
    second = told.shortfalls[told.shortfalls["period"] == 2].iloc[0]
    assert (second["kind"], second["people"]) == ("stock", pytest.approx(60))
    # A bag more that is there, or that is for sale, serves one more.
    assert told.values[["kind", "name"]].values.tolist() == [
        ["stock", "port, rice"],
        ["supply", "port, rice"],
    ]
    assert told.values["confirmed"].tolist() == pytest.approx([1, 1])


def test_what_a_site_can_hold_stands_in_its_own_table():
    # What comes in the first month for the second has room for 20 at the camp.
    mission = _mission(
        {
            **_goods(100),
            "header": {"periods": 2},
            "sites": [{"site": "camp", "storage_t": 0.02}, TOWN],
            "routes": [{"origin": "port", "destination": "camp", "until": 1}],
            "needs": [{"site": "camp", "activity": "food", "period": 2, "people": 100}],
        }
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    assert told.limits[["kind", "table", "column"]].values.tolist() == [["storage", "sites", "storage_t"]]
    assert told.values[["name", "table", "column"]].values.tolist() == [["camp", "sites", "storage_t"]]
    assert served_when_relaxed(mission, plan, told.shortfalls.iloc[0], told.limits) == pytest.approx(80)


def test_so_many_vehicles_are_added_as_have_the_hours_that_are_missing():
    # A bag a tour of two hours, and two hours a month: 99 trucks more for 99 people.
    road = {"origin": "port", "destination": "camp", "mode": "road", "hours": 1}
    truck = {"depot": "port", "vehicle": "truck", "mode": "road", "count": 1, "payload_t": 0.001}
    mission = _mission({**_goods(500), "routes": [road], "fleets": [{**truck, "hours_per_period": 2}]})
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    assert told.limits[["kind", "amount"]].values.tolist() == [["fleet", pytest.approx(99)]]
    assert served_when_relaxed(mission, plan, told.shortfalls.iloc[0], told.limits) == pytest.approx(99)


def test_a_reason_is_tried_by_what_is_a_gain_where_cost_weighs_as_much_as_need():
    # With staff the agency serves 40 at 0.5 each, and the charity the others at 2, which is more than one of
    # them counts for. All 100 would cost 140; 60 cost less than 60, and are the most that are a gain.
    cost = {"agency": {"cost_per_person": 0.5, "max_people": 40}, "charity": {"cost_per_person": 2}}
    mission = _mission(
        {
            "header": {"objective": {"weights": {"need": 1, "cost": 1}}},
            "capabilities": [
                {"organisation": name, "activity": "food", "staff_per_1000": 100, **given}
                for name, given in cost.items()
            ],
            "staff": [{"organisation": name, "people": 0} for name in cost],
        }
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    line = {"kind": "staff", "table": "staff", "column": "people", "commodity": "", "amount": 10}
    limits = pd.DataFrame([{**line, "keys": (f"{name}/",)} for name in cost])
    shortfall = pd.Series({"site": "camp", "activity": "food", "period": 1})
    assert served_when_relaxed(mission, plan, shortfall, limits) == pytest.approx(60, rel=1e-4)


def test_a_reason_of_what_goes_on_is_borne_out_by_the_compiled_mission_too():
    # Whole or not at all, by one at most: 50 more rice serve the camp in one month, and the agency stays on.
    mission = _mission(
        {
            **_goods(50),
            "header": {"periods": 2},
            "activities": [{**FOOD, "all_or_nothing": "yes", "continuous": "yes", "max_organisations": 1}],
        }
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    assert told.limits["kind"].tolist() == ["stock", "stock"]
    for at, shortfall in told.shortfalls.iterrows():
        limits = told.limits[told.limits["shortfall"] == at]
        assert served_when_relaxed(mission, plan, shortfall, limits) == pytest.approx(100)


def test_what_binds_the_others_is_told_where_some_could_be_served_with_nothing_relaxed():
    # 60 of 100 could be served. Of the least need, 40, a fifth may be given up beside, which saves money.
    mission = _mission(
        {
            "header": {"objective": {"tiers": ["mandate", {"name": "need", "tolerance": 0.2}, "cost"]}},
            "capabilities": [
                {"organisation": "agency", "activity": "food", "cost_per_person": 1, "max_people": 60}
            ],
        }
    )
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    shortfall = told.shortfalls.iloc[0]
    assert shortfall["reason"] == (
        "8 of them could be served, but cost more than they count for in the mission's objective; the others"
        " could be, but organisation 'agency' may serve no more than 8 further people by its max_people"
        " (40 people more)"
    )
    assert shortfall[["kind", "people", "proven"]].tolist() == ["max_people", pytest.approx(48), True]
    assert served_when_relaxed(mission, plan, shortfall, told.limits) == pytest.approx(48)


def test_that_a_need_counts_for_too_little_is_said_once_of_all_of_it():
    # A person costs 10 and counts for 1, whether one of the 60 who could be served or of the 40 others.
    mission = _mission(
        {
            "header": {"objective": {"weights": {"need": 1, "cost": 1}}},
            "capabilities": [
                {"organisation": "agency", "activity": "food", "cost_per_person": 10, "max_people": 60}
            ],
        }
    )
    told = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls.iloc[0]
    assert told["reason"] == (
        "60 of them could be served; the others could be, but organisation 'agency' may serve no more than 60"
        " further people by its max_people (40 people more); all of these cost more than they count for in"
        " the mission's objective"
    )


def test_more_stock_needs_room_from_the_start_on():
    # The depot holds 30 of 100 and can hold 50. What is there at the start has to fit, though it leaves then:
    # 20 more can be there, and for 70 more there would have to be more room.
    mission = _mission(_goods(30, capacity_t=0.05))
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    told = explain(mission, plan)
    assert (told.limits["kind"].tolist(), told.shortfalls["people"].tolist()) == (
        ["stock"],
        [pytest.approx(20)],
    )
    assert served_when_relaxed(mission, plan, told.shortfalls.iloc[0], told.limits) == pytest.approx(20)
    full = _mission(_goods(30, capacity_t=0.03))
    plan = pklogistics.solve(full, threads=1, time_limit=20)
    told = explain(full, plan)
    amounts = dict(zip(told.limits["kind"], told.limits["amount"], strict=True))
    assert amounts == {"stock": pytest.approx(70), "storage": pytest.approx(0.07)}
    assert served_when_relaxed(full, plan, told.shortfalls.iloc[0], told.limits) == pytest.approx(70)


def test_a_fleet_whose_hours_are_too_few_is_not_said_to_be_on_the_road():
    # One truck has three hours, and a tour takes two: it brings ten whole or nothing to each of two sites.
    road = {"mode": "road", "hours": 1}
    truck = {"depot": "port", "vehicle": "truck", "mode": "road", "count": 1, "payload_t": 0.01}
    mission = _mission(
        {
            **_goods(500),
            "activities": [{**FOOD, "all_or_nothing": "yes"}],
            "needs": [{"site": site, "activity": "food", "people": 10} for site in ("camp", "town")],
            "routes": [{"origin": "port", "destination": site, **road} for site in ("camp", "town")],
            "fleets": [{**truck, "hours_per_period": 3}],
        }
    )
    told = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20))
    words = "the hours of every truck of depot 'port' are too few (1 more would do)"
    assert told.shortfalls["reason"].tolist() == [f"{words}; it is served whole or not at all"]
    none_left = pklogistics.changed(mission, ["fleets.port/truck.hours_per_period=2"])
    told = explain(none_left, pklogistics.solve(none_left, threads=1, time_limit=20))
    assert told.shortfalls["reason"].iloc[0].startswith("every truck of depot 'port' is on the road (1 more")
