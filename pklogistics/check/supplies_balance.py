"""Supplies, balances (S1): every unit that comes in goes out, stays or expires.

S1  per place, commodity, cargo class, last period of use and period t: on hand at the end of t-1 + entered
    in t + arrived in t = sent in t + given out in t + on hand at the end of t + expired, which is allowed in
    the last period of use alone, where nothing stays; nothing is used after it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.matching import total
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_facts import LOT
from pklogistics.check.supplies_wording import told
from pklogistics.check.tolerance import slack

CELL = ["place", *LOT, "period"]

BEYOND = "at {place} are said to expire when no rule asks any more: leave 'expires' blank"


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return the balances that do not hold, and what is used after its time (S1)."""
    return [*_balances(facts, claims, goods), *_too_late(claims, goods)]


def movements(goods: Goods) -> pd.DataFrame:
    """Return what comes into and goes out of each place, lot and period: ``come`` and ``gone``."""
    shipments, inventory = goods.shipments, goods.inventory
    sent = shipments.assign(place=shipments["origin"])
    received = shipments.assign(place=shipments["destination"], period=shipments["due"])
    bought = goods.purchases.assign(period=goods.purchases["due"])
    kept = inventory.assign(period=inventory["period"] + 1)
    come = pd.concat([rows[[*CELL, "quantity"]] for rows in (kept, bought, goods.intake, received)])
    gone = pd.concat([rows[[*CELL, "quantity"]] for rows in (sent, goods.given, inventory, goods.expiries)])
    both = pd.concat([come, gone], ignore_index=True)
    quantity, comes = both["quantity"].to_numpy(dtype=float), np.arange(len(both)) < len(come)
    return both[CELL].assign(come=np.where(comes, quantity, 0.0), gone=np.where(comes, 0.0, quantity))


def _balances(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    cells = total(movements(goods), CELL, "come", "gone")
    cells = cells[(cells["period"] >= 1) & (cells["period"] <= facts.periods)]
    cells = cells.assign(amount=np.abs(cells["come"] - cells["gone"]))
    wrong = cells[cells["amount"] > slack(cells["come"], cells["gone"])]
    message = (
        "{lot} at {place}, period {period}: {come} {counted} are on hand or come in, but {gone} are sent, "
        "given out, kept or expire"
    )
    return told(goods, claims, "S1", wrong, ["place"], message)


def _too_late(claims: Claims, goods: Goods) -> list[Violation]:
    """Return what is used or kept when it has expired, and dates of expiry that are none."""
    life = goods.supply.life
    kept, given, taken = goods.inventory, goods.given, goods.intake
    sent = goods.shipments.assign(place=goods.shipments["origin"])
    found = []
    for rows, wrong, what in (
        (
            kept,
            life.perishes(kept) & (kept["period"] >= kept["last"]),
            "are kept at {place} when they expire",
        ),
        (given, given["period"] > given["last"], "are given out at {place} and have expired"),
        (taken, taken["period"] > taken["last"], "are taken in at {place} and have expired"),
        *((rows, rows["beyond"], BEYOND) for rows in (kept, given, taken, sent)),
    ):
        late = rows[np.asarray(wrong) & (rows["quantity"] > slack())]
        message = "{quantity} {counted} of {lot} " + what + ", in period {period}"
        found += told(goods, claims, "S1", late, ["place"], message)
    return found
