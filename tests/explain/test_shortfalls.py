"""Every kind of reason: named for the row that binds, and gone when just that row is relaxed."""

from __future__ import annotations

import os
import random
import re
from dataclasses import replace

import numpy as np
import pytest

import pklogistics
from pklogistics.errors import PlanError
from pklogistics.explain import explain
from pklogistics.explain.refusals import without_refusals
from pklogistics.explain.shortfalls.answer import nobody
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.shortfalls.reasons import with_reasons
from pklogistics.explain.shortfalls.trial import drawn, served_when_relaxed
from pklogistics.plan.mention import retold
from tests.explain.solved import GENERATED, explained, solved

# Mission, kind, and where. The mission's own description argues why the row binds: under "What binds" for
# most of them, with what is reached without it.
REASONS = [
    ("tiny-accounts", "fund", "camp", "water"),  # core is spent, and nothing else may pay for water
    ("tiny-first", "max_people", "camp", "food"),  # 3500 of 4000: both serve as many as they can
    ("tiny-staff", "max_sites", "three", "food"),
    ("tiny-handover", "staff", "city", "policing"),
    ("tiny-security", "armed", "town", "clinic"),  # the doctors accept no armed presence
    ("tiny-medevac", "movement", "town", "observing"),
    ("tiny-camps", "camp", "fort", "patrol"),
    ("tiny-camps", "unit_rule", "mine", "policing"),
    ("tiny-moves", "units", "south", "monitoring"),
    ("tiny-pipeline", "stock", "camp", "food"),
    ("tiny-capacity", "route", "hill", "food"),
    ("tiny-capacity", "storage", "isle", "food"),
    ("tiny-capacity", "storage_m3", "vale", "food"),
    ("tiny-capacity", "throughput", "quay", "food"),
    ("tiny-fleets", "fleet", "far", "food"),
    ("tiny-escort", "movement", "camp", "food"),
    ("tiny-markets", "market", "town", "food"),
]


@pytest.mark.parametrize(("mission", "kind", "site", "activity"), REASONS)
def test_a_reason_names_the_row_and_relaxing_it_serves_more(mission, kind, site, activity):
    found = explained(mission)
    lines = found.shortfalls
    here = lines[(lines["site"] == site) & (lines["activity"] == activity) & (lines["kind"] == kind)]
    assert len(here), lines[["site", "activity", "kind"]].to_string()
    shortfall = here.iloc[0]
    assert shortfall["proven"]
    limits = found.limits[found.limits["shortfall"] == here.index[0]]
    assert list(limits["kind"]) == [kind]
    # As many as the explanation promises, but for the thousandth by which amounts are rounded up.
    served = served_when_relaxed(*solved(mission), shortfall, limits)
    assert served >= shortfall["people"] * 0.999 > 0


@pytest.mark.parametrize(
    ("mission", "kind", "words"),
    [
        ("tiny-pipeline", "goods", "no commodity 'rice' can come to this site"),
        ("tiny-pipeline", "stock", "commodity 'rice': none left at depot '"),
        ("tiny-pipeline", "stock", " bags more)"),  # in the unit of the commodity
        ("tiny-impartiality", "nobody", "no organisation offers this activity"),
        ("tiny-roads", "no_post", "no unit that can do this activity can be within reach"),
        (
            "tiny-tolerance",
            "max_people",
            "the others could be, but organisation 'carriers' serves as many as its max_people allows",
        ),  # the tier may be missed by a quarter, which is ten of the fifty
    ],
)
def test_reasons_are_said_in_words(mission, kind, words):
    lines = explained(mission).shortfalls
    assert words in lines.loc[lines["kind"] == kind, "reason"].iloc[0]


@pytest.mark.parametrize("mission", sorted({mission for mission, *_ in REASONS}))
def test_every_key_in_a_reason_is_mentioned_as_one(mission):
    # What people read has names in the place of keys, which must be found in the words for that.
    kinds = ("organisation", "unit", "site", "depot", "commodity")
    limits = explained(mission).limits
    said = 0
    for limit in limits.to_dict("records"):
        rest = retold(limit["words"], lambda kind, key: "-")
        keys = {str(limit[kind]) for kind in kinds} - {"", "nan"}
        assert not keys & set(re.findall(r"\w+", rest)), limit["words"]
        said += rest != limit["words"]
    assert said or set(limits["kind"]) <= {"fund", "movement"}


# Two organisations, one site, 100 people, plenty of everything: each case takes one thing away.
HEADER = {"name": "small", "periods": 1, "currency": "USD"}
TABLES = {
    "sites": [{"site": "camp"}, {"site": "town"}],
    "activities": [{"activity": "food", "sector": "food"}],
    "needs": [{"site": "camp", "activity": "food", "people": 100}],
    "organisations": [{"organisation": "agency"}, {"organisation": "charity"}],
    "capabilities": [
        {"organisation": "agency", "activity": "food", "cost_per_person": 1, "max_people": 60},
        {"organisation": "charity", "activity": "food", "cost_per_person": 1, "max_people": 60},
    ],
}
SMALL = [
    # The charity is refused: the agency serves 60, and its own limit would have to be lifted instead.
    (
        "refused",
        {
            "presence": [{"organisation": "charity", "site": "camp", "status": "refused"}],
            "capabilities": [
                {"organisation": "charity", "activity": "food", "cost_per_person": 1},
            ],
        },
    ),
    # The only money is for the town.
    (
        "earmark",
        {"funds": [{"fund": "core", "amount": 1000}], "earmarks": [{"fund": "core", "site": "town"}]},
    ),
    (
        "max_people_total",
        {"capabilities": [{"organisation": "agency", "activity": "food", "max_people_total": 40}]},
    ),
    # The agency feeds the camp, and the charity, which alone has water, may not be where the agency is.
    (
        "exclusive",
        {
            "activities": [{"activity": "food", "sector": "food"}, {"activity": "water", "sector": "wash"}],
            "needs": [
                {"site": "camp", "activity": "food", "people": 100},
                {"site": "camp", "activity": "water", "people": 90},
            ],
            "capabilities": [
                {"organisation": "agency", "activity": "food", "cost_per_person": 1},
                {"organisation": "charity", "activity": "water", "cost_per_person": 1},
            ],
            "rules": [{"rule": "exclusive", "organisations": "agency; charity"}],
        },
    ),
]


# The same camp: each case lacks one more of the things that coordinators are told of.
SMALL += [
    # The cap of one: the agency is there with all its staff; the charity may not come beside.
    (
        "cap",
        {
            "header": {"policy": {"max_organisations": 1}},
            "capabilities": [
                {
                    "organisation": "agency",
                    "activity": "food",
                    "cost_per_person": 1,
                    "max_people": 60,
                    "staff_per_1000": 100,
                },
                {"organisation": "charity", "activity": "food", "cost_per_person": 1, "max_people": 50},
            ],
            "staff": [{"organisation": "agency", "people": 6}],
        },
    ),
    ("fund", {"funds": [{"fund": "core", "amount": 50}]}),
    # The only fund closed before the period in question began.
    (
        "earmark",
        {
            "header": {"periods": 2},
            "needs": [{"site": "camp", "activity": "food", "period": 2, "people": 100}],
            "funds": [{"fund": "core", "amount": 1000, "until": 1}],
        },
    ),
    (
        "staff",
        {
            "capabilities": [
                {"organisation": "agency", "activity": "food", "cost_per_person": 1, "staff_per_1000": 100},
            ],
            "staff": [{"organisation": "agency", "people": 4}],
        },
    ),
    (
        "market",
        {
            "sites": [{"site": "camp", "market_capacity": 30}, {"site": "town"}],
            "capabilities": [
                {"organisation": "agency", "activity": "food", "modality": "cash", "cost_per_person": 1},
            ],
        },
    ),
    # Nobody works at threat 4 without 10 points of security, and the only platoon gives 5.
    (
        "security",
        {
            "sites": [{"site": "camp", "security_required": 10}, {"site": "town"}],
            "organisations": [{"organisation": "agency"}, {"organisation": "charity"}],
            "units": [{"unit": "platoon", "persons": 30, "available": 1, "security": 5}],
            "unit_rules": [{"unit": "platoon", "site": "camp", "max": 1}],
        },
    ),
    # A post would protect the camp, and no surgeon is within reach of one there.
    (
        "surgeon",
        {
            "header": {"policy": {"medevac_minutes": 60, "medevac_speed_kmh": 100}},
            "sites": [
                {"site": "camp", "latitude": 0, "longitude": 0},
                {"site": "town", "latitude": 9, "longitude": 9},
            ],
            "activities": [
                {"activity": "food", "sector": "food", "provider": "force", "radius_km": 5},
                {"activity": "health", "sector": "health"},
            ],
            "organisations": [{"organisation": "agency"}],
            "capabilities": [{"organisation": "agency", "activity": "health", "cost_per_person": 1}],
            "units": [
                {"unit": "platoon", "persons": 30, "available": 1, "tasks": "food"},
                {"unit": "hospital", "persons": 30, "available": 1, "medical_level": 2},
            ],
            "unit_rules": [{"unit": "hospital", "site": "camp", "max": 0}],
        },
    ),
]


@pytest.mark.parametrize(("kind", "tables"), SMALL, ids=[kind for kind, _ in SMALL])
def test_a_small_mission_lacks_one_thing_and_is_told_so(kind, tables):
    given = {key: rows for key, rows in {**TABLES, **tables}.items() if key != "header"}
    mission = pklogistics.Mission.from_tables({**HEADER, **tables.get("header", {})}, given)
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    found = explain(mission, plan)
    shortfall = found.shortfalls.iloc[0]
    assert kind in shortfall["kind"].split(" + "), shortfall["reason"]
    assert shortfall["proven"]
    assert served_when_relaxed(mission, plan, shortfall, found.limits) > 0
    for words in WORDS.get(kind, ()):
        assert words in shortfall["reason"]


# Who has reached the cap, which units would do, who is not allowed: the words give names.
WORDS = {
    "exclusive": ["rule 2: "],  # As its file counts: the header is row 1.
    "cap": ["the cap is reached (by organisation 'agency')"],
    "security": ["security is missing at site 'camp'", "1 unit 'platoon')"],
    "surgeon": ["no surgeon is within 60 minutes of site 'camp'"],
    "refused": ["organisation 'charity' has no consent to work at site 'camp'"],
}


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"until": 1}, "the only money for it (fund 'core') has expired in period 2 (100 USD missing)"),
        ({"from": 3}, "the only money for it (fund 'core') is not open in period 2 (100 USD missing)"),
        ({"from": 2, "until": 2}, "fund 'core' is spent (50 USD more would do)"),
    ],
)
def test_the_only_money_is_told_by_name_and_date(dates, words):
    # A camp in need in period 2 of 3, at 1 USD a person, and a fund of 50 USD with these dates.
    tables = {
        **TABLES,
        "needs": [{"site": "camp", "activity": "food", "period": 2, "people": 100}],
        "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
        "funds": [{"fund": "core", "amount": 50, **dates}],
    }
    mission = pklogistics.Mission.from_tables({**HEADER, "periods": 3}, tables)
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20))
    assert found.shortfalls["reason"].tolist() == [words]


def test_where_others_gain_more_from_the_same_dollar_that_is_said():
    # 50 USD at 1 USD a person: the camp (severity 5) has them, so the town (severity 1) has none; and with
    # 50 more the camp, too, would gain as much again.
    tables = {
        **TABLES,
        "needs": [
            {"site": "camp", "activity": "food", "people": 100, "severity": 5},
            {"site": "town", "activity": "food", "people": 100, "severity": 1},
        ],
        "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
        "funds": [{"fund": "core", "amount": 50}],
    }
    mission = pklogistics.Mission.from_tables(HEADER, tables)
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    found = explain(mission, plan)
    town = found.shortfalls[found.shortfalls["site"] == "town"].iloc[0]
    assert town["reason"] == (
        "fund 'core' is spent (100 USD more would do; others gain as much or more from the money it has)"
    )
    # So it is: 60 more go to the camp while it lacks anything, and only the rest of 110 reaches the town.
    for more, reached in ((50, 0), (60, 10)):
        better = pklogistics.solve(
            pklogistics.changed(mission, [f"funds.core.amount=+{more}"]), threads=1, time_limit=20
        )
        service = better.tables["service"]
        assert service.loc[service["site"] == "town", "people"].sum() == pytest.approx(reached)


def test_where_others_are_all_served_it_is_the_money_there_is_from_which_they_gain_more():
    # 10 USD serve the 10 of the camp (severity 5), and nobody there would gain from more: that of 100 USD
    # more others gained as much would be false. Of each dollar that there is they gain five times as much.
    needs = [("camp", 10, 5), ("town", 100, 1)]
    tables = {
        **TABLES,
        "needs": [
            {"site": site, "activity": "food", "people": people, "severity": severity}
            for site, people, severity in needs
        ],
        "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
        "funds": [{"fund": "core", "amount": 10}],
    }
    mission = pklogistics.Mission.from_tables(HEADER, tables)
    plan = pklogistics.solve(mission, solver="glop")
    (told,) = explain(mission, plan).shortfalls.to_dict("records")
    assert told["reason"].endswith(
        "(100 USD more would do; others gain as much or more from the money it has)"
    )
    less = pklogistics.solve(pklogistics.changed(mission, ["funds.core.amount=-1"]), solver="glop")
    lost = sum(sign * each.tables["shortfalls"]["weighted"].sum() for sign, each in ((1, less), (-1, plan)))
    assert lost == pytest.approx(5)


@pytest.mark.parametrize(("available", "short"), [(1, 500), (2, 0)])
def test_of_units_that_are_idle_but_too_few_it_is_told_how_many_there_are(available, short):
    # A post takes 100 persons, and a platoon has 50: one platoon is of no use anywhere, and is idle.
    tables = {
        "sites": [{"site": "camp", "latitude": 0, "longitude": 0}],
        "activities": [
            {
                "activity": "patrol",
                "sector": "safety",
                "provider": "force",
                "min_persons": 100,
                "radius_km": 5,
            }
        ],
        "needs": [{"site": "camp", "activity": "patrol", "people": 500}],
        "units": [{"unit": "platoon", "persons": 50, "available": available, "tasks": "patrol"}],
    }
    given = {"organisations": TABLES["organisations"], "capabilities": [], **tables}
    mission = pklogistics.Mission.from_tables(HEADER, given)
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls
    assert found["unmet"].sum() == short
    told = ["of unit 'platoon' no more than 1 is idle (1 more would do)"] if short else []
    assert found["reason"].tolist() == told


@pytest.mark.parametrize(
    ("severity", "activity", "words"),
    [
        # The patrol is the graver: the post is there, and the agency, which would not work beside it, is not.
        (5, "food", "accepts no armed presence, which there is or would have to be at site 'camp'"),
        (1, "patrol", "works at site 'camp' and accepts no armed presence"),
    ],
)
def test_who_accepts_no_armed_presence_is_said_to_work_only_where_it_does(severity, activity, words):
    tables = {
        **TABLES,
        "sites": [{"site": "camp", "latitude": 0, "longitude": 0}],
        "activities": [
            {"activity": "food", "sector": "food"},
            {"activity": "patrol", "sector": "law", "provider": "force", "radius_km": 5},
        ],
        "needs": [
            {"site": "camp", "activity": "food", "people": 100, "severity": 3},
            {"site": "camp", "activity": "patrol", "people": 100, "severity": severity},
        ],
        "organisations": [{"organisation": "agency", "accepts_armed_presence": "no", "needs_security": "no"}],
        "capabilities": [{"organisation": "agency", "activity": "food", "cost_per_person": 1}],
        "units": [{"unit": "platoon", "persons": 50, "available": 1, "tasks": "patrol"}],
    }
    mission = pklogistics.Mission.from_tables(HEADER, tables)
    found = explain(mission, pklogistics.solve(mission, threads=1, time_limit=20)).shortfalls
    assert found[["activity", "reason"]].values.tolist() == [[activity, f"organisation 'agency' {words}"]]


# A platoon makes every site safe for those who ask for that: what binds is what bound without it.
SAFE = {
    "units": [{"unit": "guards", "persons": 30, "available": 2, "security": 5}],
    "unit_rules": [{"unit": "guards", "site": site, "min": 1} for site in ("camp", "town")],
}
GUARDED = [case for case in SMALL if "units" not in case[1]]


@pytest.mark.parametrize(("kind", "tables"), GUARDED, ids=[kind for kind, _ in GUARDED])
def test_where_security_is_needed_and_given_the_same_is_lacking(kind, tables):
    sites = [{**site, "security_required": 5} for site in tables.get("sites", TABLES["sites"])]
    test_a_small_mission_lacks_one_thing_and_is_told_so(kind, {**tables, **SAFE, "sites": sites})


DRAWN = 2
"""The benchmark (`python -m benchmarks.explain`) draws ten, on missions of every size."""


def test_shortfalls_drawn_at_random_shrink_when_their_rows_are_relaxed():
    mission, plan = solved(GENERATED)
    found = explained(GENERATED)
    # Drawn anew in every run; the seed is told where one fails, and is given to draw the same again.
    seed = int(os.environ.get("PKLOGISTICS_SEED", random.randrange(10**6)))
    tried = drawn(found.shortfalls, DRAWN, seed=seed)
    assert len(tried) == DRAWN
    for at in tried:
        limits = found.limits[found.limits["shortfall"] == at]
        served = served_when_relaxed(mission, plan, found.shortfalls.iloc[at], limits)
        assert served > 0, f"PKLOGISTICS_SEED={seed}: {found.shortfalls.iloc[at]['reason']}"


def test_every_shortfall_of_a_generated_mission_has_a_proven_reason():
    _, plan = solved(GENERATED)
    lines = explained(GENERATED).shortfalls
    assert len(lines) == len(plan.tables["shortfalls"])
    assert lines["weighted"].sum() == pytest.approx(plan.tables["shortfalls"]["weighted"].sum())
    assert (lines["reason"] != "").all()
    assert lines["proven"].all()


def test_what_is_continuous_and_refused_in_a_later_period_is_explained():
    # The clinicians end at the fort in period 2, for they are refused in period 3: no rule is broken by that.
    mission, plan = solved("tiny-continuity")
    assert (mission.frame("presence")["status"] == "refused").any()
    found = explain(mission, plan)
    assert len(found.shortfalls) == len(plan.tables["shortfalls"])
    assert found.shortfalls["proven"].all()


def test_one_limit_of_time_holds_for_all_steps_and_what_is_missing_is_said():
    # With time everything is told of this mission, so whatever is missing is missing for want of time.
    whole, hurried = explained("tiny-impartiality"), explain(*solved("tiny-impartiality"), time_limit=1e-9)
    assert "untold" not in set(whole.shortfalls["kind"])
    assert len(whole.conflicts)
    assert whole.values["confirmed"].notna().all()
    assert hurried.values["confirmed"].isna().all()
    assert len(hurried.values)
    assert not whole.notes
    told = set(hurried.shortfalls["kind"])
    assert told == {"untold", "nobody"}  # Nobody offers it: this the tables say at once.
    assert hurried.conflicts.empty
    for said in ("no reason yet", "not confirmed", "mandates were not looked into"):
        assert any(said in note for note in hurried.notes), said
    freed = explain(*solved("tiny-accounts"), time_limit=1e-9)
    assert freed.stuck.loc[freed.stuck["gain"] > 0, "confirmed_gain"].isna().all()
    assert any("un-earmarked is not confirmed" in note for note in freed.notes)


def test_reasons_take_the_place_of_what_the_tables_alone_say():
    _, plan = solved("tiny-first")
    told = with_reasons(plan, explained("tiny-first").shortfalls)
    assert "max_people" in told.tables["shortfalls"]["reason"].iloc[0]
    assert "max_people" not in plan.tables["shortfalls"]["reason"].iloc[0]


def test_without_time_the_gravest_come_first_and_the_rest_is_owned_up_to():
    found = explain(*solved("tiny-capacity"), time_limit=1e-9)
    assert set(found.shortfalls["kind"]) == {"untold"}
    assert "have no reason yet" in found.notes[0]


def test_a_plan_of_another_mission_is_refused():
    mission, _ = solved("tiny-first")
    _, plan = solved("tiny-staff")
    with pytest.raises(PlanError, match="breaks rules of the mission 'tiny-first'"):
        explain(mission, plan)


def test_a_limit_that_binds_only_once_another_is_relaxed_is_told_beside_it():
    # 40 of 100 are served in cash by all the staff there is; the market bears 60.
    tables = {
        **TABLES,
        "sites": [{"site": "camp", "market_capacity": 60}, *TABLES["sites"][1:]],
        "needs": [{"site": "camp", "activity": "food", "people": 100}],
        "capabilities": [
            {"organisation": "agency", "activity": "food", "modality": "cash", "staff_per_1000": 100}
        ],
        "staff": [{"organisation": "agency", "people": 4}],
    }
    mission = pklogistics.Mission.from_tables(HEADER, tables)
    plan = pklogistics.solve(mission, threads=1, time_limit=20)
    found = explain(mission, plan)
    shortfall, limits = found.shortfalls.iloc[0], found.limits[found.limits["shortfall"] == 0]
    assert set(limits["kind"]) <= {"staff", "market"}
    assert served_when_relaxed(mission, plan, shortfall, limits) == pytest.approx(shortfall["people"])


@pytest.mark.parametrize(("unpaid", "proven"), [(0.0, True), (2e-7, True), (1e-3, False)])
def test_what_a_solver_left_of_nobody_is_no_part_of_a_proof_and_a_part_of_one_is(unpaid, proven):
    # The agency serves 60 for nothing. The charity asks 1,000 USD a person; nobody pays for a part of one.
    charity = {"organisation": "charity", "activity": "food", "cost_per_person": 1000}
    agency = {"organisation": "agency", "activity": "food", "max_people": 60}
    tables = {**TABLES, "capabilities": [agency, charity], "funds": [{"fund": "core", "amount": 1000}]}
    willing = without_refusals(pklogistics.Mission.from_tables(HEADER, tables))
    assembly = willing.model.assembly
    x = np.zeros(willing.model.program.columns)
    x[assembly.unmet] = 100
    served = assembly.options.sort_values("organisation")["served"].tolist()
    active = assembly.presence.loc[assembly.presence["organisation"] == 0, "active"].tolist()
    moves = {**dict.fromkeys(active, 1.0), served[0]: 60, served[1]: unpaid, int(assembly.unmet[0]): 40}
    columns, values = np.array(list(moves)), np.array(list(moves.values()), dtype=float)
    answer = replace(nobody(), people=60.0, columns=columns, values=values)
    assert Questions(willing.model, x, willing.refused).proves(answer) is proven
