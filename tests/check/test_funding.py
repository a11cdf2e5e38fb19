"""F1 and F2: who pays what; and the cost lines that are paid."""

from __future__ import annotations

import pytest

from pklogistics.check import check

from .builder import Author, plan_of
from .missions import SMALL, alone, caught, changed, fine, mission, serve, with_row

# Food costs 2 a person and 10 a presence; the base 100 once and 5 a period; the agency 1000 once.
COSTLY = {
    "organisations": [
        {
            "organisation": "agency",
            "mobilisation_cost": 1000,
            "base_cost": 100,
            "base_cost_per_period": 5,
        },
        {"organisation": "elders", "kind": "local"},
    ],
    "capabilities": [
        {"organisation": "agency", "activity": "food", "cost_per_person": 2, "cost_per_presence": 10}
    ],
}
# 40 people at A: 1000 + 105 + 10 + 80 = 1195.
SERVICE = [serve("agency", "A", 40)]
COST = 1195


def funded(funds=None, earmarks=(), **tables):
    funds = [{"fund": "pool", "amount": 2000}] if funds is None else funds
    marks = {"earmarks": list(earmarks)} if earmarks else {}
    return mission(**COSTLY, funds=funds, **marks, **tables)


def paid_by(m, *shares):
    """The plan in which every cost line is paid by these funds in these shares."""
    lines = Author(m, SERVICE).lines()
    payments = [{"fund": f, **line, "amount": line["amount"] * s} for line in lines for f, s in shares]
    return plan_of(m, SERVICE, payments=payments)


def test_cost_lines_add_up() -> None:
    m = funded()
    plan = plan_of(m, SERVICE)
    kinds = dict(zip(plan.tables["costs"]["kind_of_cost"], plan.tables["costs"]["amount"], strict=True))
    assert kinds == {"mobilisation": 1000, "base": 105, "presence": 10, "service": 80}
    assert fine(m, plan).tiers["cost"] == pytest.approx(COST)


def test_costs_over_periods_and_options() -> None:
    # Periods 1 and 2: 1000 + (100 + 5) + 5 + 2 presences of two options at 10 + 1 at 10 + 80 + 20 + 80.
    options = [{**COSTLY["capabilities"][0], "modality": kind} for kind in ("cash", "in_kind")]
    m = mission(header={"periods": 2}, organisations=COSTLY["organisations"], capabilities=options)
    service = [
        serve("agency", "A", 40, modality="cash"),
        serve("agency", "A", 10, modality="in_kind"),
        serve("agency", "A", 40, modality="cash", period=2),
    ]
    assert fine(m, plan_of(m, service)).tiers["cost"] == pytest.approx(1000 + 110 + 30 + 180)


def test_costs_of_force() -> None:
    # 2 companies stand at A already, 3 are there in period 1 and 1 in period 2: one arrives (50),
    # and 3 + 1 are sustained (7 each).
    m = mission(
        header={"periods": 2},
        units=[
            {"unit": "company", "persons": 9, "available": 3, "deployment_cost": 50, "cost_per_period": 7}
        ],
        deployments=[{"unit": "company", "site": "A", "count": 2}],
    )
    plan = plan_of(m, stationing={("company", "A", 1): 3, ("company", "A", 2): 1})
    assert fine(m, plan).tiers["cost"] == pytest.approx(50 + 28)


def test_without_funds_nothing_is_paid() -> None:
    m = mission(**COSTLY)
    plan = plan_of(m, SERVICE)
    fine(m, plan)
    # There is no fund to name, so a payment can only name one that is unknown.
    plan = with_row(plan, "payments", fund="pool", kind_of_cost="mobilisation", period=1, amount=5.0)
    assert caught(m, plan) == {"labels"}


def test_f1_unpaid_line() -> None:
    m = funded()
    plan = plan_of(m, SERVICE)
    row = plan.tables["payments"]["kind_of_cost"].tolist().index("service")
    plan = plan_of(m, SERVICE, payments=plan.tables["payments"].drop(index=row).to_dict("records"))
    found = alone(m, plan, "F1")
    assert found.keys == {
        "kind_of_cost": "service",
        "organisation": "agency",
        "activity": "food",
        "sector": "Food",
        "site": "A",
        "region": "North",
    }
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(80), "currency")


def test_f1_paid_too_much() -> None:
    m = funded()
    payments = plan_of(m, SERVICE).tables["payments"].to_dict("records")
    payments[0] = {**payments[0], "amount": payments[0]["amount"] + 7}
    assert alone(m, plan_of(m, SERVICE, payments=payments), "F1").amount == pytest.approx(7)


def test_f1_two_funds_share_a_line() -> None:
    m = funded([{"fund": "pool", "amount": 1000}, {"fund": "aid", "amount": 1000}])
    fine(m, paid_by(m, ("pool", 0.5), ("aid", 0.5)))


EARMARKS = [
    {"organisation": "agency"},
    {"activity": "food"},
    {"sector": "Food"},
    {"site": "A"},
    {"region": "North"},
    {"kind_of_cost": "service"},
    {"organisation": "agency", "site": "A", "kind_of_cost": "service"},
]
OTHERS = [
    {"organisation": "elders"},
    {"activity": "health"},
    {"sector": "Health"},
    {"site": "B"},
    {"region": "South"},
    {"kind_of_cost": "presence"},
    {"organisation": "agency", "site": "B", "kind_of_cost": "service"},
]


def marked(earmark):
    """A mission with money for anything but the service, and a fund with one earmark that may pay it."""
    others = [{"kind_of_cost": kind} for kind in ("mobilisation", "base", "presence")]
    return funded(
        [{"fund": "pool", "amount": 5000}, {"fund": "aid", "amount": 5000}],
        [*({"fund": "pool", **mark} for mark in others), {"fund": "aid", **earmark}],
        activities=[*SMALL["activities"], {"activity": "health", "sector": "Health"}],
    )


def served_by_aid(m):
    """The plan in which the fund 'aid' pays the service and 'pool' the rest."""
    payments = [
        {"fund": "aid" if line["kind_of_cost"] == "service" else "pool", **line}
        for line in Author(m, SERVICE).lines()
    ]
    return plan_of(m, SERVICE, payments=payments)


@pytest.mark.parametrize("earmark", EARMARKS, ids=str)
def test_f1_earmark_that_matches(earmark: dict) -> None:
    m = marked(earmark)
    fine(m, served_by_aid(m))


@pytest.mark.parametrize("earmark", OTHERS, ids=str)
def test_f1_earmark_that_does_not(earmark: dict) -> None:
    m = marked(earmark)
    found = alone(m, served_by_aid(m), "F1")
    assert (found.keys["fund"], found.keys["kind_of_cost"]) == ("aid", "service")
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(80), "currency")


def test_f1_one_matching_earmark_of_several_is_enough() -> None:
    m = marked({"site": "A"})
    rows = [*m.frame("earmarks").to_dict("records"), {"fund": "aid", "site": "B"}]
    marks = [{k: v for k, v in row.items() if v} for row in rows]
    m = m.replace(tables={"earmarks": marks})
    fine(m, served_by_aid(m))


@pytest.mark.parametrize(("dates", "kept"), [({"from": "1", "until": "1"}, True), ({"from": "2"}, False)])
def test_f1_dates(dates: dict, kept: bool) -> None:
    funds = [{"fund": "pool", "amount": 5000}, {"fund": "aid", "amount": 5000, **dates}]
    m = funded(funds, header={"periods": 2})
    payments = [
        {"fund": "aid" if line["kind_of_cost"] == "service" else "pool", **line}
        for line in Author(m, SERVICE).lines()
    ]
    plan = plan_of(m, SERVICE, payments=payments)
    if kept:
        fine(m, plan)
    else:
        found = alone(m, plan, "F1")
        assert (found.keys["fund"], found.amount) == ("aid", pytest.approx(80))


def test_f1_early_mobilisation_is_paid_when_it_happens() -> None:
    # The fund ends in period 1; the agency is mobilised then, but works in period 2.
    funds = [{"fund": "early", "amount": 1000, "until": "1"}, {"fund": "pool", "amount": 500, "from": "2"}]
    m = funded(funds, header={"periods": 2})
    service = [serve("agency", "A", 40, period=2)]
    plan = plan_of(m, service, mobilised={"agency": 1})
    assert set(plan.tables["payments"]["fund"]) == {"early", "pool"}
    fine(m, plan)


def test_f2_fund_overspent() -> None:
    # The pool holds 1195 - 25; paying everything from it spends 25 too much.
    m = funded([{"fund": "pool", "amount": COST - 25}])
    found = alone(m, paid_by(m, ("pool", 1.0)), "F2")
    assert found.keys == {"fund": "pool"}
    assert (found.period, found.amount, found.unit) == (None, pytest.approx(25), "currency")


def test_no_money_at_all() -> None:
    # A table of funds without rows: what costs something cannot be paid; four lines are not.
    m = funded([])
    report = check(m, plan_of(m, SERVICE))
    assert [v.rule for v in report.violations] == ["F1"] * 4
    fine(m, plan_of(m))


def test_account_must_name_the_funds_that_may_pay() -> None:
    m = marked({"site": "A"})
    plan = served_by_aid(m)
    row = plan.tables["costs"]["kind_of_cost"].tolist().index("service")
    account = plan.tables["costs"]["account"][row]
    place = plan.tables["accounts"]["account"].tolist().index(account)
    assert plan.tables["accounts"]["funds"][place] == "aid"
    found = alone(m, changed(plan, "accounts", place, funds="aid; pool"), "tables")
    assert found.keys["kind_of_cost"] == "service"
    assert found.amount == pytest.approx(80)


def test_account_may_leave_out_funds_whose_time_has_not_come() -> None:
    funds = [{"fund": "pool", "amount": 5000}, {"fund": "late", "amount": 5000, "from": "2"}]
    m = funded(funds, header={"periods": 2})
    plan = plan_of(m, SERVICE)
    assert plan.tables["accounts"]["funds"].tolist() == ["pool; late"]
    fine(m, plan)
    fine(m, changed(plan, "accounts", 0, funds="pool"))
    assert caught(m, changed(plan, "accounts", 0, funds="late")) == {"tables"}
