"""Supplies, what enters (S1): initial stock and pledges, whole; purchases, as they are offered.

S1  quantity taken in + declined = what the tables of stock and supplies say, of every lot of stock and of
    every pledge that arrives within the mission; what has expired before period 1 ends is no stock. Stock is
    declined only by a depot that is out of use in period 1. Purchases only where and when they are offered,
    no more than max_quantity, and only what arrives in time; arrives = period + lead_time; whoever takes in
    a pledge gives it its shelf life.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.matching import occurs, side_by_side, total
from pklogistics.check.names import BLANK, SOURCES, at
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_openings import in_use
from pklogistics.check.supplies_wording import told
from pklogistics.check.tolerance import slack

HELD = ["depot", "commodity", "last"]
PLEDGE = ["depot", "commodity", "supplier", "period"]


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return what enters otherwise than the mission says (S1)."""
    source = goods.intake["source"].to_numpy()
    stock = goods.intake[source == SOURCES.index("stock")]
    return [
        *_purchases(claims, goods),
        *_times(facts, claims, goods),
        *_stock(claims, goods, stock),
        *_declined(facts, claims, goods, stock),
        *_pledges(facts, claims, goods, goods.intake[source == SOURCES.index("pledge")]),
    ]


def _purchases(claims: Claims, goods: Goods) -> list[Violation]:
    bought = goods.purchases[goods.purchases["quantity"] > slack()]
    unoffered = bought[bought["offer"] == BLANK]
    sums = total(bought[bought["offer"] != BLANK], ["offer"], "quantity")
    offers = goods.supply.offers.iloc[sums["offer"].to_numpy()].reset_index(drop=True)
    sums = offers.assign(quantity=sums["quantity"], amount=sums["quantity"] - offers["max_quantity"])
    over = sums[sums["amount"] > slack(sums["quantity"])]
    found = []
    for rows, what in ((unoffered, "nobody offers it"), (over, "no more than {max_quantity} can be")):
        message = "{quantity} {counted} of {lot} are bought for {depot} in period {period}; " + what
        found += told(goods, claims, "S1", rows, ["depot", "supplier"], message)
    return found


def _times(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    bought = goods.purchases
    late = bought[(bought["quantity"] > slack()) & (bought["due"] > facts.periods)]
    untrue = bought[bought["arrives"] != bought["due"]]
    found = []
    for rows, what in ((late, "after the mission ends"), (untrue, "not in period {arrives}")):
        message = "{lot} bought for {depot} in period {period} arrives in period {due}, " + what
        found += told(goods, claims, "S1", rows, ["depot", "supplier"], message)
    return found


def _stock(claims: Claims, goods: Goods, rows: pd.DataFrame) -> list[Violation]:
    """Return the lots of stock that are not accounted for; those spoilt from the start need not be."""
    stated = rows.assign(units=rows["quantity"] + rows["declined"])
    held = goods.supply.stock.rename(columns={"quantity": "units"})
    held = held[(held["last"] >= 1) | occurs(held, stated, HELD)]
    astray = rows[(rows["period"] != 1) | (rows["supplier"] != BLANK)]
    lost = "{depot} has {units} {counted} of {lot} at the start; {units_stated} are taken in or declined"
    moved = (
        "the stock of {lot} at {depot} is there from the start and from no supplier, not in period {period}"
    )
    return [
        *told(goods, claims, "S1", _unequal(held, stated, HELD), ["depot"], lost),
        *told(goods, claims, "S1", astray, ["depot"], moved),
    ]


def _declined(facts: Facts, claims: Claims, goods: Goods, rows: pd.DataFrame) -> list[Violation]:
    """Return the stock that depots in use decline; what is spoilt from the start they may."""
    depots = goods.supply.depots
    costs = (depots[["opening_cost", "cost_per_period"]] > 0).any(axis=1).to_numpy()
    never_shut = ~costs & (facts.mission.header.policy.max_open_depots is None)
    used = in_use(facts, goods)
    there = never_shut.copy()
    there[used.loc[used["period"] == 1, "depot"].to_numpy()] = True
    wrong = rows.assign(amount=rows["declined"])[at(there, rows["depot"].to_numpy(), False)]
    wrong = wrong[(wrong["amount"] > slack(wrong["quantity"])) & (wrong["last"] >= 1)]
    message = "{declined} {counted} of {lot} that {depot} has at the start are declined, though it is in use"
    return told(goods, claims, "S1", wrong, ["depot"], message)


def _pledges(facts: Facts, claims: Claims, goods: Goods, rows: pd.DataFrame) -> list[Violation]:
    stated = rows.assign(units=rows["quantity"] + rows["declined"])
    offers = goods.supply.offers
    sent = offers.assign(period=offers["arrives"], units=offers["pledged"])
    sent = sent[(sent["units"] > 0) & (sent["period"] <= facts.periods)]
    true = goods.supply.life.of_arrivals(rows["commodity"].to_numpy(), rows["period"].to_numpy())
    untrue = rows[(true != rows["last"].to_numpy()) & (rows["quantity"] > slack())]
    lost = (
        "{units} {counted} of {lot} are pledged to {depot} for period {period}; {units_stated} are taken in "
        "or declined"
    )
    aged = "a pledge to {depot} that arrives in period {period} is taken in as {lot}, against its shelf life"
    keys = ["depot", "supplier"]
    return [
        *told(goods, claims, "S1", _unequal(sent, stated, PLEDGE), keys, lost),
        *told(goods, claims, "S1", untrue, keys, aged),
    ]


def _unequal(there: pd.DataFrame, stated: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Return where the units that are there are not those that the plan accounts for."""
    both = side_by_side(there, stated, on, ["units"])
    both = both.assign(amount=np.abs(both["units"] - both["units_stated"]))
    return both[both["amount"] > slack(both["units"], both["units_stated"])]
