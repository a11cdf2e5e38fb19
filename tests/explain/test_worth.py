"""What is told of one more is what solving the mission again gives, with its tables changed so."""

from __future__ import annotations

import numpy as np
import pytest

import pklogistics
from pklogistics.explain import explain
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.values import stuck
from pklogistics.explain.values.prices import Gain
from pklogistics.explain.values.worth import less_of, worth_of

HEADER = {"name": "small", "periods": 1, "currency": "USD"}


def _mission(severities=(5, 3), people=1000, activity=None, **tables):
    sites = ["A", "B", "C"][: len(severities)]
    given = {
        "sites": [{"site": site} for site in sites],
        "activities": [{"activity": "c", "sector": "h", **(activity or {})}],
        "needs": [
            {"site": site, "activity": "c", "people": people, "severity": severity}
            for site, severity in zip(sites, severities, strict=True)
        ],
        "organisations": [{"organisation": "rc"}],
        "capabilities": [{"organisation": "rc", "activity": "c", "cost_per_person": 1}],
    }
    return pklogistics.Mission.from_tables(HEADER, {**given, **tables})


def _solved(mission):
    plan = pklogistics.solve(mission, threads=1, time_limit=20, gap=0)
    assert plan.status == "optimal"
    return plan


def _explained(mission):
    return explain(mission, _solved(mission), time_limit=30)


def _need(mission, *changes):
    plan = _solved(pklogistics.changed(mission, changes))
    return next(tier.value for tier in plan.tiers if tier.name == "need")


def _line(found, kind, name):
    values = found.values
    return values[(values["kind"] == kind) & (values["name"] == name)].iloc[0]


@pytest.mark.parametrize("activity", [{}, {"min_share": 0.6}])
def test_more_people_a_presence_may_serve_is_worth_nothing_where_there_is_none(activity):
    # A base costs 5,000, and there are 1,000: however many it might serve, nobody is there to serve them.
    mission = _mission(
        (3,),
        2200,
        activity,
        organisations=[{"organisation": "rc", "base_cost": 5000}],
        capabilities=[{"organisation": "rc", "activity": "c", "cost_per_person": 1, "max_people": 1000}],
        funds=[{"fund": "f", "amount": 1000}],
    )
    assert "max_people" not in set(_explained(mission).values["kind"])
    assert _need(mission, "capabilities.rc/c.max_people=+22") == pytest.approx(6600)


def test_staff_that_is_just_used_up_is_worth_whom_more_of_it_serves_elsewhere():
    # Ten staff serve the thousand of A. One more serves a hundred of B, severity 3, ten all of them.
    mission = _mission(
        organisations=[{"organisation": "rc", "base_cost": 1}],
        capabilities=[{"organisation": "rc", "activity": "c", "staff_per_1000": 10}],
        staff=[{"organisation": "rc", "people": 10}],
    )
    staff = _line(_explained(mission), "staff", "rc")
    assert staff[["weighted", "confirmed", "most"]].tolist() == pytest.approx([300, 300, 10])
    needs = [_need(mission, f"staff.rc.people=+{more}") for more in (1, 10)]
    assert needs == pytest.approx([2700, 0], abs=1e-3)


def test_money_that_is_just_used_up_is_worth_what_the_next_dollar_buys():
    # A thousand serve A, severity 5; each further dollar serves one of B, severity 3, until all 1,000 are.
    both = [{"organisation": name} for name in ("rc", "un")]
    costs = [
        {**each, "activity": "c", "cost_per_person": cost} for each, cost in zip(both, (1, 50), strict=True)
    ]
    mission = _mission(
        activity={"max_organisations": 1},
        organisations=both,
        capabilities=costs,
        funds=[{"fund": "f", "amount": 1000}],
    )
    found = _explained(mission)
    money = found.values[found.values["kind"] == "fund"]
    assert money[["weighted", "confirmed", "most"]].values.tolist() == [pytest.approx([3, 3, 1000])]
    assert found.stuck[["added", "confirmed_added"]].values.tolist() == [pytest.approx([3, 3])]
    needs = [_need(mission, f"funds.f.amount=+{more}") for more in (1, 1000)]
    assert needs == pytest.approx([2997, 0], abs=1e-3)


def test_a_step_is_a_share_of_what_there_is_in_whatever_unit_money_is_counted():
    # 900 dollars serve as many, and each of the next hundred one more, severity 3. That is 0.0009 million:
    # with a thousandth of a million more they would all be served, by each on average a tenth as many.
    mission = _mission(
        (3,),
        capabilities=[{"organisation": "rc", "activity": "c", "cost_per_person": 1e-6}],
        funds=[{"fund": "f", "amount": 900e-6}],
    )
    found = _explained(mission)
    money = _line(found, "fund", "f")
    assert money[["weighted", "confirmed"]].tolist() == pytest.approx([3e6, 3e6])
    assert money[["step", "most"]].tolist() == pytest.approx([9e-6, 100e-6])
    assert money["set"] == "funds.f.amount=+9e-06"
    assert found.stuck[["added", "confirmed_added"]].values.tolist() == [pytest.approx([3e6, 3e6])]


def test_a_price_from_the_first_dollar_is_told_beside_a_piece_that_gains_more():
    # 60,000 serve 6,875 at 8 a person, from a base of 5,000 at A. More serve the other 2,125 there, severity
    # 3: 0.375 a dollar for 17,000. A base at B, and 32,000, serve its 4,000 of severity 5: 0.541 each of
    # these 37,000 at once.
    mission = _mission(
        needs=[
            {"site": "A", "activity": "c", "people": 9000, "severity": 3, "min_coverage": 0.7},
            {"site": "B", "activity": "c", "people": 4000, "severity": 5},
        ],
        organisations=[{"organisation": "rc", "base_cost": 5000}],
        capabilities=[{"organisation": "rc", "activity": "c", "cost_per_person": 8}],
        funds=[{"fund": "f", "amount": 60000}],
    )
    told = _explained(mission).values
    money = told[told["kind"] == "fund"]
    assert money[["weighted", "most"]].values.tolist() == [
        pytest.approx([20 / 37, 0], rel=1e-3),
        pytest.approx([0.375, 17000], rel=1e-3),
    ]
    # Of 17,000 some serve more at B, where A is left at its floor: a price is the least that is gained.
    before = _need(mission)
    gained = [before - _need(mission, f"funds.f.amount=+{more}") for more in (37000, 600, 17000)]
    assert gained[:2] == pytest.approx([20000, 225], rel=1e-3)
    assert gained[2] >= 6375


@pytest.mark.parametrize(
    ("severities", "people", "amounts", "most"),
    [
        # 100,000 wait, 900 are served: 99,100 dollars more serve one each.
        ((3,), 100_000, {"f": 900}, {"f": 99_100}),
        # The money of each site serves those of it that wait.
        ((5, 3), 2000, {"f": 300, "g": 400}, {"f": 1700, "g": 1600}),
    ],
)
def test_a_price_is_told_for_all_that_it_holds_for(severities, people, amounts, most):
    sites = dict(zip(amounts, ("A", "B"), strict=False))
    mission = _mission(
        severities,
        people,
        funds=[{"fund": fund, "amount": amount} for fund, amount in amounts.items()],
        earmarks=[{"fund": fund, "site": site} for fund, site in sites.items()],
    )
    found = _explained(mission).values
    assert dict(zip(found["name"], found["most"], strict=True)) == pytest.approx(most)
    assert not found["further"].any()
    assert dict(zip(found["name"], found["least"], strict=True)) == pytest.approx(amounts)


@pytest.mark.parametrize(("stock", "bought", "most"), [(1500.0, 0.0, 500), (0.0, 1300.0, 700)])
def test_stock_is_valued_for_all_that_wait_for_it(stock, bought, most):
    # 2,000 take a unit each; of what is there, and can be bought, none is left. The amount is the tables'.
    mission = _mission(
        (4,),
        2000,
        capabilities=[{"organisation": "rc", "activity": "c", "modality": "in_kind"}],
        commodities=[{"commodity": "rice", "weight_t": 0.001, "price": 1}],
        recipes=[{"activity": "c", "commodity": "rice", "per_person": 1}],
        depots=[{"depot": "d"}],
        stock=[{"depot": "d", "commodity": "rice", "quantity": stock}],
        routes=[{"origin": "d", "destination": "A", "cost_per_t": 0}],
        supplies=[{"depot": "d", "commodity": "rice", "price": 1, "max_quantity": bought}],
    )
    rice = _line(_explained(mission), "stock", "d, rice")
    assert rice[["amount", "weighted", "confirmed", "most"]].tolist() == pytest.approx([stock, 4, 4, most])


def test_more_people_of_an_option_without_a_presence_are_valued_and_ranked_by_what_there_is():
    # 1,000 of A (severity 5) are served, as many as may be, and with the other 2,000 dollars those of B
    # (severity 1). Ten more of A in place of ten of B: 40 less. A dollar serves one of B.
    mission = _mission(
        (5, 1),
        5000,
        organisations=[{"organisation": "rc"}, {"organisation": "un"}],
        capabilities=[
            {"organisation": "rc", "activity": "c", "cost_per_person": 1, "max_people": 1000, "site": "A"},
            {"organisation": "un", "activity": "c", "cost_per_person": 1, "site": "B"},
        ],
        funds=[{"fund": "f", "amount": 3000}],
    )
    found = _explained(mission).values
    # A hundredth of each: ten people at 4, and thirty dollars at 1.
    assert found["kind"].tolist() == ["max_people", "fund"]
    assert found["amount"].tolist() == [1000, 3000]
    assert found["confirmed"].tolist() == pytest.approx([4, 1])
    assert _need(mission) - _need(mission, "capabilities.rc/c.max_people=+10") == pytest.approx(40, abs=1e-3)


def test_what_freed_money_gains_is_not_known_where_something_would_have_to_begin():
    # 3,000 for A are left. 2,100 of them would pay a base at B, and its 2,000 people; fifty would not.
    mission = _mission(
        (5, 2),
        2000,
        organisations=[{"organisation": "rc"}, {"organisation": "un", "base_cost": 100}],
        capabilities=[
            {"organisation": name, "activity": "c", "cost_per_person": 1, "site": site}
            for name, site in (("rc", "A"), ("un", "B"))
        ],
        funds=[{"fund": "f", "amount": 5000}, {"fund": "g", "amount": 0}],
        earmarks=[{"fund": "f", "site": "A"}, {"fund": "g", "site": "B"}],
    )
    found = _explained(mission)
    stuck = found.stuck.set_index("fund").loc["f"]
    assert np.isnan(stuck["gain"])
    assert np.isnan(stuck["confirmed_gain"])
    assert any("un-earmarked is not known" in note for note in found.notes)


def _pieces(*pieces):
    """Return what is gained of a thing whose first pieces, each (length, worth of one), come one by one."""

    def gained(more):
        left, total, slope = more, 0.0, 0.0
        for length, worth in pieces:
            slope = worth if left < length else 0.0
            total += worth * min(left, length)
            left -= length
            if left < 0:
                return Gain(total, total, slope)
        return Gain(total, total, slope if left < 0 else 0.0)

    return gained


@pytest.mark.parametrize("price", [3.0, 3.5, 80.0])
@pytest.mark.parametrize("first", [1.0, 1e3, 1e6])
def test_the_first_piece_is_found_whatever_follows_and_however_much_the_price_says(price, first):
    gained = _pieces((first, 3), (10, 2), (50, 1), (1e4, 0.5))
    worth = worth_of(gained, price, [np.inf], Deadline())
    assert (worth.weighted, worth.most, worth.further) == (
        pytest.approx(3),
        pytest.approx(first, rel=2e-3),
        False,
    )


def test_an_end_that_cannot_be_found_is_a_least():
    gained = _pieces((1e6, 3))
    worth = worth_of(lambda more: gained(more) if more <= 100 else None, 5.0, [np.inf, 100.0], Deadline())
    assert (worth.weighted, worth.most, worth.further) == (pytest.approx(3), 100, True)


def test_less_is_told_to_where_one_less_loses_more():
    def gained(more):  # Of the first 40 that go each loses 2, of the next 60 each loses 5.
        return Gain(2 * more if more >= -40 else -80 + 5 * (more + 40), 0.0, 2.0 if more >= -40 else 5.0)

    assert less_of(gained, 2.0, 100.0, Deadline()) == pytest.approx(40)
    assert less_of(gained, 1.0, 100.0, Deadline()) == 0


@pytest.mark.parametrize("seed", range(6))
def test_no_value_promises_more_than_solving_again_gives(seed):
    random = np.random.default_rng(seed)
    names = ["rc", "un"]
    mission = _mission(
        tuple(int(n) for n in random.integers(1, 6, 3)),
        int(random.integers(2, 20)) * 100,
        {"max_organisations": 1} if random.random() < 0.5 else {},
        organisations=[{"organisation": o, "base_cost": int(random.choice([0, 0, 300]))} for o in names],
        capabilities=[
            {
                **{"organisation": o, "activity": "c", "cost_per_person": int(random.choice([1, 2, 5]))},
                **{"staff_per_1000": 10, "max_people": int(random.choice([300, 1000]))},
            }
            for o in names
        ],
        staff=[{"organisation": o, "people": int(random.integers(0, 20))} for o in names],
        funds=[{"fund": f, "amount": int(random.choice([0, 500, 1000, 3000]))} for f in ("f", "g")],
        earmarks=[{"fund": "g", "organisation": "un"}],
    )
    plan = _solved(mission)
    before = _need(mission)
    for line in explain(mission, plan, time_limit=30).values.to_dict("records"):
        # A step more, as it is told for the command line, gains no less than what was confirmed of it.
        if line["confirmed"] > 0:
            assert line["set"], line
            gained = before - _need(mission, line["set"])
            assert gained >= line["confirmed"] * line["step"] * (1 - 2e-3) - 1e-3, line
        at = f"{line['table']}.{line['fund'] or line['organisation']}"
        at += "/c" if line["table"] == "capabilities" else ""
        # A price holds from the first to the last, a piece for itself.
        for more in [line["most"] / 7, line["most"]] if line["most"] else [line["step"]]:
            if line["kind"] == "max_people":
                more = np.floor(more)
            if line["kind"] not in ("fund", "staff", "max_people") or more <= 0:
                continue
            gained = before - _need(mission, f"{at}.{line['column']}=+{more:.9g}")
            assert gained >= line["weighted"] * more * (1 - 2e-3) - 1e-3, (line, more)


def test_the_funds_that_come_first_in_the_end_are_those_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    # A freed dollar serves one of those whom only `g` may pay for, severity 5: it gains 5, says the price.
    # That of `e` is found to gain a tenth, so that of `f` comes first.
    funds = [{"fund": fund, "amount": 1000} for fund in ("e", "f")]
    mission = _mission(
        (5,),
        funds=[*funds, {"fund": "g", "amount": 100}],
        earmarks=[{"fund": fund, "activity": "d"} for fund in ("e", "f")],
        activities=[{"activity": activity, "sector": "h"} for activity in "cd"],
    )
    look, asked = stuck._step, []

    def less_for_the_first(gained, price, step, until):
        asked.append(price)
        worth, each = look(gained, price, step, until)
        return (worth, each) if len(asked) > 2 else (worth / 10, each / 10)

    monkeypatch.setattr(stuck, "CONFIRMED", 1)
    monkeypatch.setattr(stuck, "_step", less_for_the_first)
    monkeypatch.setattr(stuck, "worth_of", lambda *_: None)
    found = _explained(mission).stuck
    assert found["gain"].tolist() == pytest.approx([5, 0.5, 0])
    assert found["confirmed_gain"].notna().tolist()[:2] == [True, True]


def test_all_funds_are_confirmed_before_it_is_found_what_the_first_dollar_of_any_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Of the ten dollars freed of a fund five serve one each of severity 5 at A, the others of severity 2.
    funds = [{"fund": fund, "amount": 1000} for fund in ("e", "f")]
    mission = _mission(
        (5, 2),
        100,
        funds=[*funds, {"fund": "g", "amount": 95}],
        earmarks=[{"fund": fund, "activity": "d"} for fund in ("e", "f")],
        activities=[{"activity": activity, "sector": "h"} for activity in "cd"],
    )

    def interrupted(gained, price, ends, until):
        until.interrupt.pressed = True

    monkeypatch.setattr(stuck, "worth_of", interrupted)
    found = _explained(mission).stuck.set_index("fund")
    assert found.loc[["e", "f"], "confirmed_gain"].tolist() == pytest.approx([3.5, 3.5])
    # What is not known to be more is told: each of ten, and no less for the first.
    assert found.loc[["e", "f"], "gain"].tolist() == pytest.approx([3.5, 3.5])
    monkeypatch.undo()
    gains = _explained(mission).stuck.set_index("fund")["gain"]
    assert gains[["e", "f"]].tolist() == pytest.approx([5, 5])
