"""C9: staff that grows by training, and the handover to local organisations."""

from __future__ import annotations

import pytest

from .builder import plan_of
from .missions import SMALL, alone, changed, fine, mission, serve, without


def trained(lag: int = 1):
    # The elders need 100 staff per 1000 people and have 1; each trainee becomes half a member of staff.
    return mission(
        header={"periods": 3},
        activities=[*SMALL["activities"], {"activity": "training", "sector": "Capacity"}],
        needs=[*SMALL["needs"], {"site": "B", "activity": "training", "people": 8}],
        capabilities=[
            {"organisation": "agency", "activity": "training"},
            {"organisation": "elders", "activity": "food", "staff_per_1000": 100},
        ],
        staff=[{"organisation": "elders", "people": 1}],
        capacity_building=[
            {"activity": "training", "organisation": "elders", "staff_per_person": 0.5, "lag": lag}
        ],
    )


TRAIN = serve("agency", "B", 8, "training")


def test_c9_training_lets_the_staff_grow_after_the_lag() -> None:
    # 8 trained in period 1 give 4 staff from period 2 on: 1 + 4 staff serve 50 people (5 staff).
    m = trained()
    fine(m, plan_of(m, [TRAIN, serve("elders", "A", 50, period=2), serve("elders", "A", 50, period=3)]))
    # In period 1 there is 1 staff only, 5 are needed: 4 too many. Staff is rule C8, growth feeds it.
    found = alone(m, plan_of(m, [TRAIN, serve("elders", "A", 50)]), "C8")
    assert (found.keys, found.period) == ({"organisation": "elders"}, 1)
    assert (found.amount, found.unit) == (pytest.approx(4), "staff")


@pytest.mark.parametrize(("lag", "first"), [(0, 1), (1, 2), (2, 3)])
def test_c9_lag(lag: int, first: int) -> None:
    m = trained(lag)
    fine(m, plan_of(m, [TRAIN, serve("elders", "A", 50, period=first)]))
    if first > 1:
        alone(m, plan_of(m, [TRAIN, serve("elders", "A", 50, period=first - 1)]), "C8")


def test_c9_training_adds_up_over_periods() -> None:
    # 8 + 8 trained in periods 1 and 2 give 8 staff in period 3: 1 + 8 serve 90 people.
    m = trained()
    twice = [TRAIN, {**TRAIN, "period": 2}]
    fine(m, plan_of(m, [*twice, serve("elders", "A", 90, period=3)]))
    # In period 2 only the first 4 count: 9 staff for 5 are 4 too many.
    assert alone(m, plan_of(m, [*twice, serve("elders", "A", 90, period=2)]), "C8").amount == pytest.approx(4)


def handed(*rows, periods: int = 3):
    return mission(header={"periods": periods}, handover=list(rows))


FOOD = {"activity": "food", "local_share": 0.6}


def test_c9_handover_kept() -> None:
    # 60 of 100 are served by the elders, who are local.
    m = handed(FOOD, periods=1)
    fine(m, plan_of(m, [serve("elders", "A", 60), serve("agency", "A", 40)]))
    fine(m, plan_of(m))


def test_c9_broken_handover_is_recorded() -> None:
    # 30 of 100 where 60 are due: 30 people short.
    m = handed(FOOD, periods=1)
    plan = plan_of(m, [serve("elders", "A", 30), serve("agency", "A", 70)])
    assert fine(m, plan).tiers["mandate"] == pytest.approx(30)
    found = alone(m, without(plan, "broken", 0), "C9")
    assert found.keys == {"activity": "food"}
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(30), "people")
    assert alone(m, changed(plan, "broken", 0, amount=31.0), "C9").amount == pytest.approx(1)
    # The sector of the activity may stand beside it.
    fine(m, changed(plan, "broken", 0, sector="Food"))


def test_c9_later_row_takes_over() -> None:
    # From period 2 on 0.5, from period 3 on 0.9. The agency serves 100 alone in each period.
    m = handed({**FOOD, "period": 2, "local_share": 0.5}, {**FOOD, "period": 3, "local_share": 0.9})
    plan = plan_of(m, [serve("agency", "A", 100, period=t) for t in (1, 2, 3)])
    assert dict(zip(plan.tables["broken"]["period"], plan.tables["broken"]["amount"], strict=True)) == {
        2: pytest.approx(50),
        3: pytest.approx(90),
    }
    assert fine(m, plan).tiers["mandate"] == pytest.approx(140)


def test_c9_sector_and_force_count_as_service() -> None:
    # In the sector Protection a post guards 40 and the elders counsel 10: half of 50 are 25, 15 short.
    m = mission(
        activities=[
            {"activity": "patrol", "sector": "Protection", "provider": "force"},
            {"activity": "counsel", "sector": "Protection"},
        ],
        needs=[
            {"site": "A", "activity": "patrol", "people": 40},
            {"site": "A", "activity": "counsel", "people": 10},
        ],
        capabilities=[{"organisation": "elders", "activity": "counsel"}],
        units=[{"unit": "company", "persons": 100, "available": 1, "tasks": "patrol"}],
        handover=[{"sector": "Protection", "local_share": 0.5}],
    )
    posts = [
        {"post": "A", "site": "A", "activity": "patrol", "people": 40},
        serve("elders", "A", 10, "counsel"),
    ]
    plan = plan_of(m, posts, stationing={("company", "A", 1): 1})
    assert fine(m, plan).tiers["mandate"] == pytest.approx(15)
    assert alone(m, without(plan, "broken", 0), "C9").keys == {"sector": "Protection"}
