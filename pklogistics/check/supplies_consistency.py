"""Supplies, consistency: weights, costs and persons follow from quantities and counts."""

from __future__ import annotations

from pklogistics.check.claims import Claims
from pklogistics.check.consistency import differences
from pklogistics.check.facts import Facts
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_facts import WAY


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return where tables of goods do not follow from the decisions."""
    found = []
    for table, rows, keys in (
        ("shipments", goods.shipments, [*WAY, "commodity"]),
        ("inventory", goods.inventory, ["place", "commodity"]),
        ("expiries", goods.expiries, ["place", "commodity"]),
    ):
        both = rows.assign(tonnes=rows["weight"], tonnes_stated=rows["tonnes"])
        found += differences(claims, table, both, keys, {"tonnes": "t"})
    bought = goods.purchases
    bought = bought.assign(cost=bought["price"] * bought["quantity"], cost_stated=bought["cost"])
    escorts = goods.escorts
    each = facts.units["persons"].to_numpy(dtype=float)[escorts["unit"].to_numpy()]
    escorts = escorts.assign(persons=each * escorts["count"], persons_stated=escorts["persons"])
    return [
        *found,
        *differences(claims, "purchases", bought, ["depot", "commodity", "supplier"], {"cost": "currency"}),
        *differences(claims, "escorts", escorts, ["unit"], {"persons": "persons"}),
    ]
