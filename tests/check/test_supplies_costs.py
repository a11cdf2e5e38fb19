"""What goods cost, who may pay for it, and what is wasted."""

from __future__ import annotations

import pytest

from pklogistics.check import check

from .builder import Author
from .missions import alone, caught, changed, fine, serve
from .pantry import PANTRY, PERISHABLE, TWO_PERIODS, bought, carried, given, pantry, sent

# Rice is bought for 3 a bag; 2 t go to A for 5 each and 4 loads of 2 * 3 hours at 1.5; the port, which the
# agency runs and which stands at B, costs 50 once and 7 a period, the road 30.
COSTLY = {
    "depots": [
        {
            **{"depot": "port", "site": "B", "organisation": "agency"},
            **{"opening_cost": 50, "cost_per_period": 7},
        }
    ],
    "stock": [],
    "supplies": [{"depot": "port", "commodity": "rice", "price": 3}],
    "routes": [{**PANTRY["routes"][0], "cost_per_t": 5, "hours": 3, "opening_cost": 30}],
    "fleets": [
        {
            **{"depot": "port", "vehicle": "truck", "count": 3, "payload_t": 0.5},
            **{"hours_per_period": 10, "cost_per_hour": 1.5},
        }
    ],
}
# kind, organisation, site, region, commodity: amount
LINES = {
    ("procurement", "agency", "B", "South", "rice"): 60,
    ("transport", "agency", "A", "North", "rice"): 10,
    ("transport", "agency", "A", "North", ""): 36,
    ("depot", "agency", "B", "South", ""): 57,
    ("route", "agency", "A", "North", ""): 30,
}
KEYS = ["kind_of_cost", "organisation", "site", "region", "commodity"]
DECIDED = {"purchases": [bought(20)]}


def test_cost_lines_of_goods() -> None:
    m = pantry(**COSTLY)
    plan = carried(m, **DECIDED)
    costs = plan.tables["costs"]
    assert dict(zip(costs[KEYS].itertuples(index=False, name=None), costs["amount"], strict=True)) == {
        key: pytest.approx(amount) for key, amount in LINES.items()
    }
    assert fine(m, plan).tiers["cost"] == pytest.approx(193)


def test_costs_fall_when_and_where_they_arise() -> None:
    # Ordered in 1, sent in 2, to a hub at A, by nobody in particular.
    supplies = [{**COSTLY["supplies"][0], "lead_time": 1}]
    depots = [{"depot": "port", "cost_per_period": 7}, {"depot": "hub", "site": "A"}]
    routes = [{"origin": "port", "destination": "hub", "cost_per_t": 5}]
    m = pantry(TWO_PERIODS, depots=depots, stock=[], supplies=supplies, routes=routes)
    plan = carried(
        m,
        [serve("agency", "A", 40, period=2)],
        **DECIDED,
        shipments=[sent(20, "hub", period=2), sent(20, "A", "hub", mode="local", period=2)],
        distributions=[given(20, period=2)],
    )
    costs = plan.tables["costs"]
    lines = costs[[*KEYS, "period", "amount"]].to_numpy().tolist()
    assert lines == [
        ["procurement", "", "", "", "rice", 1, 60],
        ["transport", "", "A", "North", "rice", 2, 10],
        ["depot", "", "", "", "", 2, 7],
    ]
    fine(m, plan)


def test_the_price_is_that_of_the_commodity_if_the_offer_has_none() -> None:
    commodities = [{**PANTRY["commodities"][0], "price": 4}]
    m = pantry(commodities=commodities, stock=[], supplies=[{"depot": "port", "commodity": "rice"}])
    plan = carried(m, **DECIDED)
    assert fine(m, plan).tiers["cost"] == pytest.approx(80)
    assert "tables" in caught(m, changed(plan, "purchases", 0, cost=60.0))


def test_stock_and_pledges_cost_nothing() -> None:
    supplies = [{"depot": "port", "commodity": "rice", "price": 3, "pledged": 40}]
    m = pantry(supplies=supplies)
    assert fine(m, carried(m)).tiers["cost"] == 0


EARMARKS = [
    ({"commodity": "rice"}, ["procurement", "transport"]),
    ({"kind_of_cost": "transport"}, ["transport", "transport"]),
    ({"kind_of_cost": "transport", "commodity": "rice"}, ["transport"]),
    ({"kind_of_cost": "procurement"}, ["procurement"]),
    ({"kind_of_cost": "depot"}, ["depot"]),
    ({"kind_of_cost": "route", "site": "A"}, ["route"]),
    ({"region": "South"}, ["procurement", "depot"]),
    ({"organisation": "agency", "site": "A"}, ["transport", "transport", "route"]),
    ({"commodity": "rice", "region": "North"}, ["transport"]),
]


@pytest.mark.parametrize(("earmark", "kinds"), EARMARKS, ids=str)
def test_f1_earmarks_of_goods(earmark: dict, kinds: list[str]) -> None:
    # The fund 'aid' may pay some lines; the pool pays the others.
    funds = [{"fund": "pool", "amount": 5000}, {"fund": "aid", "amount": 5000}]
    m = pantry(**COSTLY, funds=funds, earmarks=[{"fund": "aid", **earmark}])
    plan = carried(m, **DECIDED)
    fine(m, plan)
    report = check(m, paid_by_aid(m, lambda line: True))
    refused = [v for v in report.violations if v.rule == "F1"]
    assert len(refused) == len(LINES) - len(kinds)
    assert sorted(kinds + [str(v.keys["kind_of_cost"]) for v in refused]) == sorted(key[0] for key in LINES)
    fine(m, paid_by_aid(m, lambda line: all(line[k] == v for k, v in earmark.items())))


def paid_by_aid(m, chosen):
    """The plan in which the fund 'aid' pays the chosen lines."""
    decided = {"shipments": [sent(20)], "distributions": [given(20)], **DECIDED}
    author = Author(m, [serve("agency", "A", 40)], goods=decided)
    author.payments = [{"fund": "aid" if chosen(line) else "pool", **line} for line in author.lines()]
    return author.plan()


def test_f2_goods_that_the_fund_cannot_pay() -> None:
    m = pantry(**COSTLY, funds=[{"fund": "pool", "amount": 180}])
    decided = {"shipments": [sent(20)], "distributions": [given(20)], **DECIDED}
    author = Author(m, [serve("agency", "A", 40)], goods=decided)
    author.payments = [{"fund": "pool", **line} for line in author.lines()]
    assert alone(m, author.plan(), "F2").amount == pytest.approx(13)


def test_waste_is_tonnes_expired() -> None:
    # 80 bags of a tenth of a tonne are left when they expire.
    header = {**TWO_PERIODS, "objective": {"tiers": ["need", "waste"]}}
    m = pantry(header, commodities=PERISHABLE)
    lot = {"shipments": [sent(20, expires=1)], "distributions": [given(20, expires=1)]}
    author = Author(m, [serve("agency", "A", 40)], goods=lot)
    report = fine(m, author.plan(("need", "waste")))
    assert report.tiers["waste"] == pytest.approx(8)
