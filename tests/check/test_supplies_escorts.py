"""S5: goods under armed escort, and goods that may not be; escorts are units like any other (T1, T2)."""

from __future__ import annotations

import pytest

from pklogistics.check import check

from .builder import plan_of
from .missions import SMALL, alone, caught, changed, fine, serve
from .pantry import PANTRY, TWO_PERIODS, carried, given, pantry, sent, taken

GUARDED = [{**PANTRY["routes"][0], "escort": "yes"}, PANTRY["routes"][1]]
ACCEPTING = [{**o, "accepts_armed_escort": "yes"} for o in SMALL["organisations"]]
COMPANY = {"unit": "company", "persons": 100, "available": 2, "escort_t": 1.5, "deployment_cost": 50}


def escorted(header=None, organisations=ACCEPTING, unit=(), **tables):
    units = [{**COMPANY, "cost_per_period": 7, **dict(unit)}]
    return pantry(header, routes=GUARDED, organisations=organisations, units=units, **tables)


def test_s5_units_escort_what_is_sent() -> None:
    # 2 t take two companies; each arrives (50) and is kept (7).
    m = escorted()
    plan = carried(m, escorts={("company", 1): 2})
    assert plan.tables["escorts"]["tonnes"].tolist() == [2]
    assert fine(m, plan).tiers["cost"] == pytest.approx(114)


def test_s5_too_few_units() -> None:
    m = escorted()
    found = alone(m, carried(m, escorts={("company", 1): 1}), "S5")
    assert (found.keys, found.period, found.amount, found.unit) == ({}, 1, pytest.approx(0.5), "t")
    assert alone(m, carried(m), "S5").amount == pytest.approx(2)
    # Said to escort more than it can.
    plan = changed(carried(m, escorts={("company", 1): 1}), "escorts", 0, tonnes=2.0)
    found = alone(m, plan, "S5")
    assert (found.keys, found.amount) == ({"unit": "company"}, pytest.approx(0.5))


def test_s5_only_routes_that_need_it_are_escorted() -> None:
    m = escorted(needs=[{"site": "B", "activity": "food", "people": 50}])
    plan = carried(m, [serve("agency", "B", 40)], shipments=[sent(20, "B")], distributions=[given(20, "B")])
    fine(m, plan)


def test_s5_what_weighs_nothing_needs_no_tonnes_of_escort() -> None:
    # Nobody is on duty. It stays under escort all the same for those who refuse: see the classes below.
    m = escorted(commodities=[{"commodity": "rice", "weight_t": 0}])
    fine(m, carried(m))


def test_s5_whole_units_escort() -> None:
    m = escorted()
    plan = carried(m, escorts={("company", 1): 1.5})
    assert "numbers" in caught(m, plan)


def test_s5_escort_is_counted_in_the_period_of_sending() -> None:
    slow = [{**GUARDED[0], "lead_time": 1}]
    units = [{**COMPANY}]
    m = pantry(TWO_PERIODS, routes=slow, organisations=ACCEPTING, units=units)
    later = {"distributions": [given(20, period=2)]}
    service = [serve("agency", "A", 40, period=2)]
    fine(m, carried(m, service, **later, escorts={("company", 1): 2}))
    assert [
        v.period for v in check(m, carried(m, service, **later, escorts={("company", 2): 2})).violations
    ] == [1]


def test_t2_units_escort_or_stand_at_a_site() -> None:
    m = escorted(deployments=[{"unit": "company", "site": "B", "count": 1}])
    goods = {"shipments": [sent(20)], "distributions": [given(20)]}
    service = [serve("agency", "A", 40)]
    plan = plan_of(m, service, goods=goods, escorts={("company", 1): 2}, stationing={("company", "B", 1): 1})
    found = alone(m, plan, "T2")
    assert (found.keys, found.period, found.amount, found.unit) == ({"unit": "company"}, 1, 1, "units")
    fine(m, plan_of(m, service, goods=goods, escorts={("company", 1): 2}))


def test_t2_escorts_within_their_dates() -> None:
    m = escorted(TWO_PERIODS, unit={"until": "1"})
    fine(m, carried(m, escorts={("company", 1): 2}))
    plan = carried(m, escorts={("company", 1): 2, ("company", 2): 1})
    assert alone(m, plan, "T2").period == 2


def test_t1_escorts_arrive_when_their_number_grows() -> None:
    # 2 in period 1 and 1 in period 2, 2 in period 3: three arrive, and five are kept.
    m = escorted({"periods": 3})
    plan = carried(m, escorts={("company", 1): 2, ("company", 2): 1, ("company", 3): 2})
    assert plan.tables["moves"]["site"].unique().tolist() == [""]
    assert fine(m, plan).tiers["cost"] == pytest.approx(3 * 50 + 5 * 7)
    m = escorted({"periods": 3}, movement=[{"persons": 150}])
    found = alone(m, plan, "T1")
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(50), "persons")
    found = alone(escorted({"periods": 3}), changed(plan, "moves", 0, arriving=1.0), "T1")
    assert "on escort duty" in found.message


def test_t1_escorts_that_were_stationed_arrive_too() -> None:
    # The company leaves B for the roads: that counts as an arrival there.
    m = escorted(deployments=[{"unit": "company", "site": "B", "count": 2}])
    plan = carried(m, escorts={("company", 1): 2})
    assert plan.tables["moves"][["arriving", "leaving"]].to_numpy().tolist() == [[2, 0], [0, 2]]
    fine(m, plan)


# The agency accepts escort, the elders do not: there are two classes of goods.
MIXED = [{**SMALL["organisations"][0], "accepts_armed_escort": "yes"}, SMALL["organisations"][1]]
REFUSED = {"cargo": "unescorted"}


def mixed(**tables):
    return escorted(organisations=MIXED, unit={"escort_t": 9}, **tables)


def split(any_, unescorted):
    return [taken(any_), taken(unescorted, **REFUSED)]


def test_s5_goods_for_those_who_refuse_go_without() -> None:
    m = mixed()
    service = [serve("agency", "A", 40), serve("elders", "B", 20)]
    goods = {
        "intake": split(60, 40),
        "shipments": [sent(20), sent(10, "B", **REFUSED)],
        "distributions": [given(20), given(10, "B", **REFUSED)],
    }
    fine(m, carried(m, service, **goods, escorts={("company", 1): 1}))
    # The elders work at A: their 10 bags take the guarded road.
    service = [serve("agency", "A", 40), serve("elders", "A", 20)]
    goods["shipments"][1]["destination"] = goods["distributions"][1]["site"] = "A"
    found = alone(m, carried(m, service, **goods, escorts={("company", 1): 1}), "S5")
    assert found.keys == {
        **{"origin": "port", "destination": "A", "mode": "road"},
        **{"commodity": "rice", "cargo": "unescorted"},
    }
    assert (found.period, found.amount, found.unit) == (1, pytest.approx(10), "bag")


def test_s5_goods_without_weight_are_refused_alike() -> None:
    m = mixed(commodities=[{"commodity": "rice", "weight_t": 0}])
    lots = {"shipments": [sent(10, **REFUSED)], "distributions": [given(10, **REFUSED)]}
    plan = carried(m, [serve("elders", "A", 20)], intake=split(60, 40), **lots)
    assert alone(m, plan, "S5").amount == pytest.approx(10)


def test_s2_goods_of_one_class_do_not_serve_the_other() -> None:
    # All 30 bags came for class any; the elders may not hand them out.
    m = mixed()
    service = [serve("agency", "A", 40), serve("elders", "A", 20)]
    plan = carried(
        *(m, service), shipments=[sent(30)], distributions=[given(30)], escorts={("company", 1): 1}
    )
    report = check(m, plan)
    assert [(v.rule, v.keys["cargo"], v.amount) for v in report.violations] == [
        ("S2", "unescorted", pytest.approx(10)),
        ("S2", "any", pytest.approx(10)),
    ]


def test_s1_goods_do_not_change_their_class() -> None:
    m = mixed()
    service = [serve("elders", "B", 20)]
    goods = {"shipments": [sent(10, "B")], "distributions": [given(10, "B", **REFUSED)]}
    # What came for the agency stays at B, where there is no room; what the elders give came from nowhere.
    assert caught(m, carried(m, service, **goods)) == {"S1", "S3"}
    # With room for it, nothing but the class is wrong.
    m = mixed(sites=[{"site": "A"}, {"site": "B", "storage_t": 9}])
    found = alone(m, carried(m, service, **goods), "S1")
    assert found.keys == {"place": "B", "commodity": "rice", "cargo": "unescorted"}


@pytest.mark.parametrize(
    "tables",
    [
        {"organisations": ACCEPTING},
        {"routes": PANTRY["routes"]},
        {"capabilities": [SMALL["capabilities"][0], {**SMALL["capabilities"][1], "modality": "cash"}]},
        {"recipes": []},
    ],
    ids=("all accept", "no route needs it", "who refuses gives cash", "nobody needs goods"),
)
def test_s5_one_class_is_enough_where_nothing_depends_on_it(tables: dict) -> None:
    # Then goods of the other class are unknown.
    m = pantry(**{"routes": GUARDED, "organisations": MIXED, "units": [COMPANY], **tables})
    plan = carried(m, [], shipments=[], distributions=[], intake=split(60, 40))
    assert {v.rule for v in check(m, plan).violations} == {"labels", "S1"}
    fine(m, carried(m, [], shipments=[], distributions=[]))


def test_s3_depots_hold_goods_of_both_classes_together() -> None:
    # 30 bags of each class are 6 t, one more than the gate lets in.
    offer = [{"depot": "port", "commodity": "rice"}]
    m = mixed(depots=[{"depot": "port", "throughput_t": 5}], stock=[], supplies=offer)
    lots = [{"depot": "port", "commodity": "rice", "quantity": 30, **cargo} for cargo in ({}, REFUSED)]
    plan = carried(m, [], shipments=[], distributions=[], purchases=lots)
    assert alone(m, plan, "S3").amount == pytest.approx(1)
