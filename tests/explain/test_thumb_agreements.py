"""The rule of thumb keeps what is signed, where that can be kept, and whoever leads comes first."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pklogistics.explain.thumb import rule_of_thumb
from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.report.against import against, held_against
from tests.explain.solved import solved
from tests.plan.plans import small_plan

TABLES: dict[str, list[dict[str, Any]]] = {
    "sites": [{"site": "hill"}],
    "activities": [{"activity": "clinic", "sector": "health", "max_organisations": 1}],
    "needs": [{"site": "hill", "activity": "clinic", "people": 100}],
    "organisations": [{"organisation": "near"}, {"organisation": "Sœurs, unies"}],
    "capabilities": [
        {"organisation": name, "activity": "clinic", "cost_per_person": 1}
        for name in ("near", "Sœurs, unies")
    ],
}
HEADER: dict[str, Any] = {"name": "signed", "periods": 4, "currency": "USD"}


def made(header: dict[str, Any] = HEADER, **tables: list[dict[str, Any]]) -> Plan:
    """Return the rule's plan of the mission with other tables, which keeps every rule."""
    plan = rule_of_thumb(Mission.from_tables(header, {**TABLES, **tables}))
    assert plan.violations == ()
    return plan


def signed(activity: str = "clinic", status: str = "agreed", **when: int) -> dict[str, Any]:
    return {"organisation": "Sœurs, unies", "site": "hill", "activity": activity, "status": status, **when}


def periods(plan: Plan, organisation: str) -> list[int]:
    presence = plan.tables["presence"]
    return sorted(presence.loc[presence["organisation"] == organisation, "period"])


def test_what_is_signed_is_kept_before_whoever_comes_first_in_the_table() -> None:
    mission, plan = solved("tiny-agreements")
    thumb = rule_of_thumb(mission)
    # Old keeps north and serves all 100 of it, 10 + 500; it can be at one site, so south's agreement (60
    # people) is broken, as in the best plan. Rural leads at the lake, 30 + 160; relief serves 50 and 60.
    assert [tier.value for tier in thumb.tiers] == pytest.approx([60, 0, 810])
    assert plan.tiers[0].value == pytest.approx(60)
    assert thumb.violations == ()


# Of one that may be there, the near one would be it, first in the table; it is so where nothing is signed.
@pytest.mark.parametrize(
    ("presence", "there"),
    [
        ([signed()], [1, 2, 3, 4]),
        ([signed(**{"from": 2, "until": 3})], [2, 3]),
        ([signed(activity="", **{"from": 3})], [3, 4]),  # For whatever it does there.
        ([signed(**{"from": 1, "until": 1}), signed(**{"from": 4})], [1, 4]),
        ([signed(status="allowed")], []),
    ],
)
def test_an_agreement_is_kept_in_its_periods(presence: list[dict[str, Any]], there: list[int]) -> None:
    plan = made(presence=presence)
    assert plan.tables["broken"].empty
    assert periods(plan, "Sœurs, unies") == there
    assert periods(plan, "near") == [period for period in range(1, 5) if period not in there]


def test_a_base_for_what_is_signed_is_paid_once_and_what_must_go_on_does() -> None:
    # From period 2 on: a base (100) and three periods of 100 people take all of 400; before the mend each
    # period was to have a base of its own.
    activities = [{"activity": "clinic", "sector": "health", "max_organisations": 1, "continuous": "yes"}]
    organisations = [{"organisation": "near"}, {"organisation": "Sœurs, unies", "base_cost": 100}]
    plan = made(
        activities=activities,
        organisations=organisations,
        presence=[signed(**{"from": 2, "until": 3})],
        funds=[{"fund": "pool", "amount": 400}],
    )
    assert plan.tables["broken"].empty
    assert periods(plan, "Sœurs, unies") == [2, 3, 4]
    bases = plan.tables["bases"]
    assert bases.loc[bases["set_up"], "period"].tolist() == [2]
    assert plan.tables["funds"]["paid"].tolist() == pytest.approx([400])


@pytest.mark.parametrize(("continuous", "kept"), [("no", [1, 2]), ("yes", [3, 4])])
def test_what_cannot_be_kept_whole_is_kept_in_part(continuous: str, kept: list[int]) -> None:
    # Being there costs 50 a period, and there are 100 dollars.
    activities = [{"activity": "clinic", "sector": "health", "continuous": continuous}]
    capabilities = [{"organisation": "Sœurs, unies", "activity": "clinic", "cost_per_presence": 50}]
    plan = made(
        activities=activities,
        capabilities=capabilities,
        presence=[signed()],
        funds=[{"fund": "pool", "amount": 100}],
    )
    assert periods(plan, "Sœurs, unies") == kept
    assert plan.tables["broken"]["period"].tolist() == [
        period for period in range(1, 5) if period not in kept
    ]


@pytest.mark.parametrize("all_or_nothing", ["no", "yes"])
def test_whoever_signed_serves_at_least_its_share(all_or_nothing: str) -> None:
    activity = {"activity": "clinic", "sector": "health", "min_share": 0.5, "all_or_nothing": all_or_nothing}
    plan = made(activities=[activity], presence=[signed()])
    assert plan.tables["broken"].empty
    assert plan.tables["service"]["people"].tolist() == pytest.approx([100] * 4)


def test_a_lead_comes_first_so_that_others_can_follow() -> None:
    # The near one may be there only if the lead is, which has room for 40 of 100.
    activities = [{"activity": "clinic", "sector": "health"}]
    capabilities = [
        {"organisation": "near", "activity": "clinic"},
        {"organisation": "Sœurs, unies", "activity": "clinic", "max_people": 40},
    ]
    plan = made(activities=activities, capabilities=capabilities, presence=[signed(status="lead")])
    assert plan.tables["shortfalls"].empty
    served = plan.tables["service"].groupby("organisation")["people"].sum()
    assert served.to_dict() == pytest.approx({"Sœurs, unies": 160, "near": 240})


def test_an_agreement_of_one_who_may_only_follow_brings_the_lead() -> None:
    # Both are there in each period, and nobody else may be.
    presence = [{**signed(status="lead"), "organisation": "near"}, signed()]
    plan = made(activities=[{"activity": "clinic", "sector": "health"}], presence=presence)
    assert plan.tables["broken"].empty
    assert periods(plan, "Sœurs, unies") == periods(plan, "near") == [1, 2, 3, 4]


def test_all_that_is_signed_is_kept_before_anybody_is_served() -> None:
    # Two hundred dollars are 100 people on the hill, or 90 of them and to be on the river in each period.
    plan = made(
        sites=[{"site": "hill"}, {"site": "river"}],
        needs=[{"site": site, "activity": "clinic", "people": 50} for site in ("hill", "river")],
        capabilities=[
            {
                "organisation": "Sœurs, unies",
                "activity": "clinic",
                "cost_per_person": 1,
                "cost_per_presence": 5,
            }
        ],
        presence=[signed(), {**signed(), "site": "river"}],
        funds=[{"fund": "pool", "amount": 200}],
    )
    assert plan.tables["broken"].empty
    assert plan.tables["service"]["people"].sum() == pytest.approx(200 - 8 * 5)


def broken(*amounts: tuple[str, str, float]) -> Plan:
    rows = [
        {"rule": rule, "period": 1, "amount": amount, "measure": measure} for rule, measure, amount in amounts
    ]
    keys = ("organisation", "unit", "site", "region", "activity", "sector", "depot", "commodity")
    frame = pd.DataFrame([{**dict.fromkeys(keys, ""), **row} for row in rows])
    return small_plan(violations=(), tables={**small_plan().tables, "broken": frame})


def test_people_and_persons_of_posts_are_not_added_up() -> None:
    plan = broken(("N3", "people", 100.0), ("T3", "persons", 40.0))
    thumb = broken(("N3", "people", 60.0), ("C6", "people", 70.0), ("T3", "persons", 900.0))
    lines = against(plan, thumb).set_index(["measure", "unit"])["gain"]
    assert lines["mandates broken", "people"] == pytest.approx(-30)
    assert lines["missing at mandated posts", "persons"] == pytest.approx(-860)
    mission, _ = solved("tiny-first")
    told = held_against(mission, plan, thumb)
    assert told is not None
    assert told.against_rule.startswith(
        "Mandates are broken by 30 people less; 860 persons fewer are missing at mandated posts; "
    )
    # Where none are missing there is nothing to tell.
    lines = against(broken(("N3", "people", 1.0)), broken(("N3", "people", 1.0))).set_index("measure")["gain"]
    assert "missing at mandated posts" not in lines


def test_an_organisation_is_called_in_when_somebody_pays() -> None:
    # Money comes in period 2: what is agreed from then on is kept, the mobilisation (30) with it. Before the
    # mend it was to be called in for period 1, whose money is another's, and was never there.
    organisations = [{"organisation": "near"}, {"organisation": "Sœurs, unies", "mobilisation_cost": 30}]
    plan = made(
        organisations=organisations,
        presence=[signed(**{"from": 2, "until": 3})],
        funds=[{"fund": "late", "amount": 230, "from": 2}],
    )
    assert plan.tables["broken"].empty
    assert plan.tables["mobilisation"]["period"].tolist() == [2]
    assert periods(plan, "Sœurs, unies") == [2, 3]


FORCE: dict[str, Any] = {
    "sites": [{"site": "hill"}, {"site": "gate"}],
    "activities": [
        {"activity": "clinic", "sector": "health"},
        {"activity": "guard", "sector": "protection", "provider": "force", "radius_km": 0},
    ],
    "needs": [
        {"site": "hill", "activity": "clinic", "people": 100},
        {"site": "hill", "activity": "guard", "people": 900},
    ],
    "units": [
        {"unit": "company", "persons": 100, "available": 1, "cost_per_period": 50, "tasks": ["guard"]},
    ],
}


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ([{"unit": "company", "site": "gate", "min": 1}], "gate"),
        ([{"unit": "company", "site": "gate", "min": 1, "from": 3}], "gate"),
        ([{"unit": "company", "min": 1}], "hill"),  # Anywhere: where need is largest.
        ([], "hill"),
    ],
)
def test_posts_that_have_to_be_held_come_before_need(rule: list[dict[str, Any]], where: str) -> None:
    plan = made(**{**FORCE, "unit_rules": rule} if rule else FORCE)
    assert plan.tables["broken"].empty
    assert set(plan.tables["stationing"]["site"]) == {where}


def test_a_post_is_held_as_soon_as_its_unit_can_be_moved_there() -> None:
    # Nobody can be moved before period 3; it has to be held from 2 on: 100 persons are missing, once.
    movement = [{"period": 1, "persons": 0}, {"period": 2, "persons": 0}]
    plan = made(
        **FORCE, unit_rules=[{"unit": "company", "site": "gate", "min": 1, "from": 2}], movement=movement
    )
    assert plan.tables["stationing"]["period"].tolist() == [3, 4]
    assert plan.tables["broken"][["rule", "period", "amount"]].values.tolist() == [["T3", 2, 100]]


def test_what_is_signed_is_paid_for_before_units_that_are_not_there_yet() -> None:
    # 200: a company costs 50 a period, the clinic 100 in periods 1 and 2. Posted first, it left 0.
    plan = made(**FORCE, presence=[signed(until=2)], funds=[{"fund": "all", "amount": 200}])
    assert plan.tables["broken"].empty
    assert periods(plan, "Sœurs, unies") == [1, 2]
