"""C1 to C5 and C8: who works where, with what limits."""

from __future__ import annotations

import pytest

from .builder import plan_of
from .missions import SMALL, alone, caught, changed, fine, mission, serve, with_row, without

FOOD = {"activity": "food", "sector": "Food"}
PLACE = {"organisation": "agency", "activity": "food", "modality": "service", "site": "A"}


def capable(**more):
    return [{"organisation": "agency", "activity": "food", **more}]


def test_c1_limit_of_people() -> None:
    # The agency can serve 60 people a site; 75 are 15 too many. At both sites 60 and 50 are fine.
    m = mission(capabilities=capable(max_people=60))
    fine(m, plan_of(m, [serve("agency", "A", 60), serve("agency", "B", 50)]))
    found = alone(m, plan_of(m, [serve("agency", "A", 75)]), "C1")
    assert found.keys == PLACE
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(15), "people")


def test_c1_two_options_have_each_their_limit() -> None:
    # Cash for 60 and kind for 40 are two rows of capabilities: 100 in all, none over its own limit.
    cash = {"modality": "cash", "max_people": 60}
    kind = {"modality": "in_kind", "max_people": 40}
    m = mission(capabilities=[*capable(**cash), *capable(**kind)])
    both = [serve("agency", "A", 60, modality="cash"), serve("agency", "A", 40, modality="in_kind")]
    fine(m, plan_of(m, both))
    swapped = [serve("agency", "A", 40, modality="cash"), serve("agency", "A", 60, modality="in_kind")]
    found = alone(m, plan_of(m, swapped), "C1")
    assert (found.keys["modality"], found.amount) == ("in_kind", pytest.approx(20))


def test_c1_options_of_a_site_a_region_and_anywhere_are_apart() -> None:
    # 100 people at A are served by three options: 50 at the site, 30 in the region North, 20 anywhere.
    options = [
        *capable(site="A", max_people=50),
        *capable(region="North", max_people=30),
        *capable(max_people=20),
    ]
    m = mission(capabilities=options)
    people = {"site": 50, "region": 30, "anywhere": 20}
    fine(m, plan_of(m, [serve("agency", "A", n, scope=scope) for scope, n in people.items()]))
    found = alone(m, plan_of(m, [serve("agency", "A", 31, scope="region")]), "C1")
    assert found.amount == pytest.approx(1)


def test_c1_no_such_capability() -> None:
    # The agency may work in the North only; B lies in the South. Service and presence are both told.
    m = mission(capabilities=capable(region="North"))
    fine(m, plan_of(m, [serve("agency", "A", 100, scope="region")]))
    assert caught(m, plan_of(m, [serve("agency", "B", 50, scope="region")])) == {"C1"}
    assert caught(m, plan_of(m, [serve("agency", "A", 50, scope="anywhere")])) == {"C1"}


def test_c1_service_without_presence() -> None:
    # Only the row of presence is taken away; the base that now stands idle belongs to C4.
    m = mission()
    plan = without(plan_of(m, [serve("agency", "A", 60)]), "presence", 0)
    plan = without(plan, "bases", 0)
    found = alone(m, plan, "C1")
    assert found.keys == PLACE
    assert (found.amount, found.unit) == (pytest.approx(60), "people")


def test_c1_presence_where_nobody_needs_it() -> None:
    m = mission(needs=[SMALL["needs"][0]])
    plan = plan_of(m, presence=[serve("agency", "B", 0)])
    assert alone(m, plan, "C1").keys == {**{k: v for k, v in PLACE.items() if k != "modality"}, "site": "B"}


@pytest.mark.parametrize("where", ["activity", "policy"])
def test_c2_least_share(where: str) -> None:
    # A presence must serve 30% of 100: 30 people do, 20 are 10 short.
    share = {"min_share": 0.3}
    if where == "policy":
        m = mission(header={"policy": share})
    else:
        # The activity's own share beats the policy's, here 0.9.
        m = mission(header={"policy": {"min_share": 0.9}}, activities=[{**FOOD, **share}])
    fine(m, plan_of(m, [serve("agency", "A", 30)]))
    found = alone(m, plan_of(m, [serve("agency", "A", 20)]), "C2")
    assert found.keys == {"organisation": "agency", "activity": "food", "site": "A"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(10), "people")


def test_c2_counts_the_net_need_and_all_options() -> None:
    # Others cover 50 of 100; 30% of the 50 left are 15, which cash 10 and kind 5 reach together.
    options = [*capable(modality="cash"), *capable(modality="in_kind")]
    others = [{"site": "A", "activity": "food", "organisation": "others", "people": 50}]
    m = mission(header={"policy": {"min_share": 0.3}}, capabilities=options, coverage=others)
    parts = [serve("agency", "A", 10, modality="cash"), serve("agency", "A", 5, modality="in_kind")]
    fine(m, plan_of(m, parts))
    assert alone(m, plan_of(m, parts[:1]), "C2").amount == pytest.approx(5)


@pytest.mark.parametrize("where", ["activity", "policy"])
def test_c3_too_many_organisations(where: str) -> None:
    cap = {"max_organisations": 1}
    if where == "policy":
        m = mission(header={"policy": cap})
    else:
        m = mission(header={"policy": {"max_organisations": 5}}, activities=[{**FOOD, **cap}])
    # One at each site is fine; both at A are one too many.
    fine(m, plan_of(m, [serve("agency", "A", 100), serve("elders", "B", 50)]))
    found = alone(m, plan_of(m, [serve("agency", "A", 50), serve("elders", "A", 50)]), "C3")
    assert found.keys == {"site": "A", "activity": "food"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(1), "organisations")


def test_c3_two_modalities_of_one_organisation_are_one() -> None:
    options = [*capable(modality="cash"), *capable(modality="in_kind")]
    m = mission(header={"policy": {"max_organisations": 1}}, capabilities=options)
    fine(m, plan_of(m, [serve("agency", "A", 50, modality=kind) for kind in ("cash", "in_kind")]))


def test_c4_presence_without_base() -> None:
    plan = without(plan_of(mission(), [serve("agency", "A", 60)]), "bases", 0)
    found = alone(mission(), plan, "C4")
    assert found.keys == {"organisation": "agency", "site": "A"}
    assert (found.period, found.amount, found.unit) == (1, 1, "bases")


def test_c4_idle_base() -> None:
    plan = plan_of(mission(), [serve("agency", "A", 60)])
    plan = with_row(plan, "bases", organisation="agency", site="B", period=1, set_up=True)
    assert alone(mission(), plan, "C4").keys == {"organisation": "agency", "site": "B"}


def test_c4_base_is_set_up_in_its_first_period_only() -> None:
    m = mission(header={"periods": 3})
    plan = plan_of(m, [serve("agency", "A", 60, period=t) for t in (1, 3)])
    assert plan.tables["bases"]["set_up"].tolist() == [True, False]
    found = alone(m, changed(plan, "bases", 1, set_up=True), "C4")
    assert found.period == 3
    assert alone(m, changed(plan, "bases", 0, set_up=False), "C4").period == 1


def test_c4_never_mobilised() -> None:
    plan = without(plan_of(mission(), [serve("agency", "A", 60)]), "mobilisation", 0)
    found = alone(mission(), plan, "C4")
    assert found.keys == {"organisation": "agency"}
    assert (found.period, found.amount, found.unit) == (1, 1, "mobilisations")


def test_c4_mobilised_early_is_fine_and_late_is_not() -> None:
    m = mission(header={"periods": 3})
    service = [serve("agency", "A", 60, period=2)]
    fine(m, plan_of(m, service, mobilised={"agency": 1}))
    found = alone(m, plan_of(m, service, mobilised={"agency": 3}), "C4")
    # Present in period 2, mobilised in period 3: one period late.
    assert (found.keys, found.period) == ({"organisation": "agency"}, 2)
    assert (found.amount, found.unit) == (1, "periods")


def continuous(**more):
    return mission(header={"periods": 3}, activities=[{**FOOD, "continuous": True}], **more)


def test_c5_presence_goes_on() -> None:
    m = continuous()
    fine(m, plan_of(m, [serve("agency", "A", 60, period=t) for t in (2, 3)]))
    found = alone(m, plan_of(m, [serve("agency", "A", 60, period=2)]), "C5")
    # Left in period 3, where the net need is 100.
    assert found.keys == {"organisation": "agency", "activity": "food", "site": "A"}
    assert (found.period, found.amount, found.unit) == (3, pytest.approx(100), "people")


def test_c5_has_nothing_to_say_after_the_last_period() -> None:
    m = mission(activities=[{**FOOD, "continuous": True}])
    fine(m, plan_of(m, [serve("agency", "A", 60)]))


def test_c5_ends_with_the_need() -> None:
    needs = [
        {"site": "A", "activity": "food", "period": t, "people": n} for t, n in ((1, 80), (2, 0), (3, 9))
    ]
    m = continuous(needs=needs)
    fine(m, plan_of(m, [serve("agency", "A", 80, period=1)]))


def test_c5_ends_with_the_consent() -> None:
    refusal = {"organisation": "agency", "site": "A", "status": "refused", "from": "2"}
    m = continuous(presence=[refusal])
    fine(m, plan_of(m, [serve("agency", "A", 60, period=1)]))
    # Allowed again for food in period 2: then the agency has to stay for that period, and only for that one.
    allowed = {**refusal, "status": "allowed", "activity": "food", "until": "2"}
    m = continuous(presence=[refusal, allowed])
    assert alone(m, plan_of(m, [serve("agency", "A", 60, period=1)]), "C5").period == 2


def test_c8_sites() -> None:
    organisations = [{"organisation": "agency", "max_sites": 1}]
    m = mission(header={"periods": 2}, organisations=organisations, capabilities=capable())
    # One site in each period, though not the same one, is fine.
    fine(m, plan_of(m, [serve("agency", "A", 9), serve("agency", "B", 9, period=2)]))
    found = alone(m, plan_of(m, [serve("agency", "A", 9), serve("agency", "B", 9)]), "C8")
    assert found.keys == {"organisation": "agency"}
    assert (found.period, found.amount, found.unit) == (1, 1, "sites")


def test_c8_staff() -> None:
    # 20 staff per 1000 people: 100 people take 2 staff. The agency has 2.5, so 50 more are 0.5 too many.
    m = mission(
        header={"periods": 2},
        capabilities=capable(staff_per_1000=20),
        staff=[{"organisation": "agency", "period": 1, "people": 2.5}],
    )
    everybody = [serve("agency", "A", 100), serve("agency", "B", 50)]
    fine(m, plan_of(m, everybody[:1]))
    found = alone(m, plan_of(m, everybody), "C8")
    assert found.keys == {"organisation": "agency"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(0.5), "staff")
    # Period 2 has no row of staff, so no limit.
    fine(m, plan_of(m, [{**row, "period": 2} for row in everybody]))


def test_c8_people_over_all_sites() -> None:
    m = mission(capabilities=capable(max_people_total=120))
    fine(m, plan_of(m, [serve("agency", "A", 100), serve("agency", "B", 20)]))
    # 100 + 50 where 120 are possible: 30 too many.
    found = alone(m, plan_of(m, [serve("agency", "A", 100), serve("agency", "B", 50)]), "C8")
    assert found.keys == {"organisation": "agency", "activity": "food", "modality": "service"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(30), "people")
