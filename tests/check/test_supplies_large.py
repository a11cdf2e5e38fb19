"""A plan with many shipments is checked in seconds, and one wrong bag in it is found."""

from __future__ import annotations

import time

import pytest

from pklogistics.check import check

from .large_goods import large_goods_mission, large_goods_plan
from .missions import changed

SIZE = {"sites": 500, "depots": 10, "commodities": 10, "periods": 10}


def test_many_shipments() -> None:
    m, plan = large_goods_mission(**SIZE), large_goods_plan(**SIZE)
    assert len(plan.tables["shipments"]) == 50_000
    start = time.process_time()
    report = check(m, plan)
    # A fifty-thousandth of a second a shipment is several times what it takes, for busy machines.
    assert time.process_time() - start < 2 + 50_000 / 50_000 * 2
    assert [str(v) for v in report.violations[:3]] == []
    row = 17_000
    sent = plan.tables["shipments"].loc[row]
    found = check(m, changed(plan, "shipments", row, quantity=103.0)).violations
    # Too much leaves the depot and reaches the site, and weighs more than the plan says and trucks carry.
    assert {"S1", "S3", "tables"} <= {v.rule for v in found} <= {"S1", "S3", "tables", "tiers"}
    told = {(v.keys["place"], v.period): v.amount for v in found if v.rule == "S1"}
    assert told == {
        (place, sent["period"]): pytest.approx(3) for place in (sent["origin"], sent["destination"])
    }
