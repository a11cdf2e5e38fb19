"""S1: goods in lots of different age; what expires, and what stock targets count."""

from __future__ import annotations

import pandas as pd
import pytest

from pklogistics.check import check

from .missions import alone, caught, changed, fine, serve, with_table, without
from .pantry import PANTRY, PERISHABLE, TWO_PERIODS, carried, given, pantry, sent, taken


def test_s1_stock_in_lots_of_different_age() -> None:
    # 30 bags are good until period 1, 50 beyond the mission; with 20 given of the old, 10 expire.
    lots = [{**PANTRY["stock"][0], "quantity": q, "expires": e} for q, e in ((30, 1), (50, 3))]
    m = pantry(TWO_PERIODS, stock=lots)
    plan = carried(m, shipments=[sent(20, expires=1)], distributions=[given(20, expires=1)])
    assert plan.tables["expiries"]["quantity"].tolist() == [10]
    fine(m, plan)
    # Given as if they were of the other lot.
    assert caught(m, carried(m, distributions=[given(20)], shipments=[sent(20, expires=1)])) == {"S1"}


def test_s1_stock_that_was_spoilt_before_is_no_stock() -> None:
    old = {**PANTRY["stock"][0], "expires": "2026-01-03", "quantity": 7}
    m = pantry({"start": "2026-01-01", "period_days": 7}, stock=[old, *PANTRY["stock"]])
    fine(m, carried(m, intake=[taken(100)]))
    fine(m, carried(m, intake=[taken(100), taken(0, declined=7.0, expires=0)]))
    assert caught(m, carried(m, intake=[taken(100), taken(0, declined=6.0, expires=0)])) == {"S1"}
    assert caught(m, carried(m, intake=[taken(100), taken(7, expires=0)])) == {"S1"}


def test_s1_expired_goods_are_neither_kept_nor_given() -> None:
    m = pantry(TWO_PERIODS, commodities=PERISHABLE)
    lot = {"shipments": [sent(20, expires=1)], "distributions": [given(20, expires=1)]}
    plan = carried(m, **lot)
    assert plan.tables["expiries"]["quantity"].tolist() == [80]
    fine(m, plan)
    # Called inventory instead, it is on hand when it may not be.
    expired = plan.tables["expiries"]
    kept = with_table(with_table(plan, "inventory", expired.assign(expires=1.0)), "expiries", expired[:0])
    found = [v for v in check(m, kept).violations if v.period == 1]
    assert [(v.rule, v.keys["place"], v.keys["expires"]) for v in found] == [("S1", "port", 1)]
    # Given out a period later, from storage at the site.
    m = pantry(TWO_PERIODS, commodities=PERISHABLE, sites=[{"site": "A", "storage_t": 9}, {"site": "B"}])
    late = carried(
        m,
        [serve("agency", "A", 40, period=2)],
        shipments=[sent(20, expires=1)],
        distributions=[given(20, expires=1, period=2)],
    )
    assert caught(m, late) == {"S1"}


def test_s1_what_outlives_the_mission_does_not_expire() -> None:
    # Good for three periods, of two: what is left is on hand, and the plan may not call it expired.
    m = pantry(TWO_PERIODS, commodities=[{**PERISHABLE[0], "shelf_life": 3}])
    plan = carried(m)
    assert plan.tables["inventory"]["quantity"].tolist() == [80, 80]
    fine(m, plan)
    # Nor does it tell dates that no rule asks for.
    for expires in (3.0, 7.0, 1e300):
        alone(m, changed(plan, "inventory", 1, expires=expires), "S1")
    stays = plan.tables["inventory"]
    lost = with_table(plan, "expiries", stays[1:].drop(columns="expires"))
    assert caught(m, with_table(lost, "inventory", stays[:1])) == {"S1"}


def test_s1_what_is_last_good_in_the_last_period_expires_in_it() -> None:
    m = pantry(TWO_PERIODS, commodities=[{**PERISHABLE[0], "shelf_life": 2}])
    lot = {"shipments": [sent(20, expires=2)], "distributions": [given(20, expires=2)]}
    plan = carried(m, **lot)
    assert plan.tables["expiries"][["period", "quantity"]].to_numpy().tolist() == [[2, 80]]
    fine(m, plan)
    # Thrown away a period too early.
    lost = plan.tables["expiries"]
    early = with_table(plan, "inventory", plan.tables["inventory"][:0])
    assert caught(m, changed(early, "expiries", 0, period=1)) == {"S1"}
    # Called inventory instead, it is on hand when it may not be.
    inventory = pd.concat([plan.tables["inventory"], lost.assign(expires=2.0)], ignore_index=True)
    alone(m, with_table(with_table(plan, "inventory", inventory), "expiries", lost[:0]), "S1")


TARGET = [{"depot": "port", "commodity": "rice", "min_quantity": 90}]


def test_s1_stock_targets_are_told_in_people() -> None:
    # 80 of 90 bags are left: the 10 missing are half a bag for each of 20 people.
    m = pantry(stock_targets=TARGET)
    report = fine(m, carried(m))
    assert report.tiers["mandate"] == pytest.approx(20)
    fine(m, carried(m, shipments=[sent(5)], distributions=[given(5)], service=[serve("agency", "A", 10)]))
    plan = carried(m)
    found = alone(m, without(plan, "broken", 0), "S1")
    assert (found.keys, found.period) == ({"depot": "port", "commodity": "rice"}, 1)
    assert (found.amount, found.unit) == (pytest.approx(20), "people")
    assert alone(m, changed(plan, "broken", 0, amount=15.0), "S1").amount == pytest.approx(5)
    # A depot without stock misses all of it; goods that nobody takes count one person each.
    m = pantry(stock_targets=TARGET, stock=[], recipes=[])
    assert fine(m, carried(m, [], shipments=[], distributions=[])).tiers["mandate"] == pytest.approx(90)


def test_s1_stock_targets_count_what_is_fresh_enough() -> None:
    # The 80 bags left are good until period 2. One period must be left: they count at the end of 1, not of 2;
    # then all 80 are missing, for 160 people.
    target = [{**TARGET[0], "min_life": 1, "min_quantity": 80}]
    commodities = [{**PERISHABLE[0], "shelf_life": 2}]
    m = pantry(TWO_PERIODS, stock_targets=target, commodities=commodities)
    lot = {"shipments": [sent(20, expires=2)], "distributions": [given(20, expires=2)]}
    plan = carried(m, **lot)
    broken = plan.tables["broken"]
    assert broken[["period", "amount"]].to_numpy().tolist() == [[2, 160]]
    fine(m, plan)
    # As if what is on hand counted, however old.
    assert alone(m, without(plan, "broken", 0), "S1").amount == pytest.approx(160)
