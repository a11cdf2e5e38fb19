"""C7: exclusive, partner, incompatible sites, local partners."""

from __future__ import annotations

import pytest

from .builder import plan_of
from .missions import SMALL, alone, fine, mission, serve

AGENCY, ELDERS = serve("agency", "A", 40), serve("elders", "A", 60)


def ruled(*rules, **tables):
    return mission(rules=list(rules), **tables)


def test_c7_exclusive() -> None:
    m = ruled({"rule": "exclusive", "organisations": "agency; elders"})
    fine(m, plan_of(m, [AGENCY, serve("elders", "B", 50)]))
    found = alone(m, plan_of(m, [AGENCY, ELDERS]), "C7")
    # Two where one may be: one too many. The rule stands in row 2 of its table, under the header.
    assert found.keys == {"rule_row": 2, "site": "A"}
    assert (found.period, found.amount, found.unit) == (1, 1, "organisations")
    assert "agency" in found.message
    assert "elders" in found.message


def test_c7_exclusive_in_another_period_is_fine() -> None:
    m = ruled({"rule": "exclusive", "organisations": "agency; elders"}, header={"periods": 2})
    fine(m, plan_of(m, [AGENCY, {**ELDERS, "period": 2}]))


@pytest.mark.parametrize(("place", "kept"), [({"sites": "B"}, True), ({"sites": "A"}, False)])
def test_c7_exclusive_at_listed_sites(place: dict, kept: bool) -> None:
    m = ruled({"rule": "exclusive", "organisations": "agency; elders", **place})
    plan = plan_of(m, [AGENCY, ELDERS])
    if kept:
        fine(m, plan)
    else:
        alone(m, plan, "C7")


@pytest.mark.parametrize(("region", "kept"), [("South", True), ("North", False)])
def test_c7_exclusive_in_a_region(region: str, kept: bool) -> None:
    # A lies in the North.
    m = ruled({"rule": "exclusive", "organisations": "agency; elders", "region": region})
    plan = plan_of(m, [AGENCY, ELDERS])
    if kept:
        fine(m, plan)
    else:
        alone(m, plan, "C7")


def test_c7_exclusive_for_an_activity() -> None:
    # For food they stay apart; the elders' health beside the agency's food does not count.
    two = {
        "activities": [*SMALL["activities"], {"activity": "health", "sector": "Health"}],
        "needs": [*SMALL["needs"], {"site": "A", "activity": "health", "people": 9}],
        "capabilities": [*SMALL["capabilities"], {"organisation": "elders", "activity": "health"}],
    }
    rule = {"rule": "exclusive", "organisations": "agency; elders", "activity": "food"}
    m = ruled(rule, **two)
    fine(m, plan_of(m, [AGENCY, serve("elders", "A", 9, "health")]))
    alone(m, plan_of(m, [AGENCY, ELDERS]), "C7")
    # Without the activity it does.
    m = ruled({**rule, "activity": ""}, **two)
    alone(m, plan_of(m, [AGENCY, serve("elders", "A", 9, "health")]), "C7")


def test_c7_partner() -> None:
    m = ruled({"rule": "partner", "organisations": "agency; elders"})
    fine(m, plan_of(m, [AGENCY, ELDERS]))
    # The elders need no partner.
    fine(m, plan_of(m, [ELDERS]))
    # The elders are at B, which does not help at A.
    found = alone(m, plan_of(m, [AGENCY, serve("elders", "B", 50)]), "C7")
    assert found.keys == {"rule_row": 2, "organisation": "agency", "site": "A"}
    assert (found.period, found.amount, found.unit) == (1, 1, "presences")


def test_c7_partner_for_an_activity_counts_any_work_of_the_other() -> None:
    two = {
        "activities": [*SMALL["activities"], {"activity": "health", "sector": "Health"}],
        "needs": [*SMALL["needs"], {"site": "A", "activity": "health", "people": 9}],
        "capabilities": [*SMALL["capabilities"], {"organisation": "elders", "activity": "health"}],
    }
    m = ruled({"rule": "partner", "organisations": "agency; elders", "activity": "food"}, **two)
    fine(m, plan_of(m, [AGENCY, serve("elders", "A", 9, "health")]))
    alone(m, plan_of(m, [AGENCY]), "C7")


@pytest.mark.parametrize("place", [{"sites": "A; B"}, {"region": "North"}])
@pytest.mark.parametrize("who", ["", "agency"])
def test_c7_incompatible_sites(place: dict, who: str) -> None:
    sites = [{"site": "A", "region": "North"}, {"site": "B", "region": "North"}]
    m = ruled({"rule": "incompatible_sites", "organisations": who, **place}, sites=sites)
    fine(m, plan_of(m, [AGENCY, serve("elders", "B", 50)]))
    found = alone(m, plan_of(m, [AGENCY, serve("agency", "B", 50)]), "C7")
    assert found.keys == {"rule_row": 2, "organisation": "agency"}
    assert (found.period, found.amount, found.unit) == (1, 1, "sites")


def test_c7_incompatible_sites_bind_whom_they_name() -> None:
    m = ruled({"rule": "incompatible_sites", "organisations": "agency", "sites": "A; B"})
    fine(m, plan_of(m, [ELDERS, serve("elders", "B", 50)]))


def test_c7_needs_local_partner() -> None:
    organisations = [{"organisation": "agency", "needs_local_partner": True}, SMALL["organisations"][1]]
    m = mission(organisations=organisations)
    fine(m, plan_of(m, [AGENCY, ELDERS]))
    found = alone(m, plan_of(m, [AGENCY, serve("elders", "B", 50)]), "C7")
    assert found.keys == {"organisation": "agency", "site": "A"}
    assert (found.period, found.amount, found.unit) == (1, 1, "presences")


def test_c7_the_row_of_the_rule_is_named() -> None:
    fine_rule = {"rule": "exclusive", "organisations": "agency; elders", "sites": "B"}
    m = ruled(fine_rule, {**fine_rule, "sites": "A"})
    assert alone(m, plan_of(m, [AGENCY, ELDERS]), "C7").keys["rule_row"] == 3
