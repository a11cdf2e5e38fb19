"""Supplies: goods from port to person (S1-S6); each rule stands in a module of the family."""

from __future__ import annotations

from pklogistics.check import (
    supplies_balance,
    supplies_capacity,
    supplies_consistency,
    supplies_entries,
    supplies_escorts,
    supplies_fleets,
    supplies_openings,
    supplies_people,
    supplies_ways,
)
from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return the violations of S1 to S6, and where tables of goods contradict themselves."""
    if not goods.any:
        return supplies_people.markets(facts, claims, goods)
    return [
        *supplies_entries.check(facts, claims, goods),
        *supplies_ways.check(facts, claims, goods),
        *supplies_balance.check(facts, claims, goods),
        *supplies_people.check(facts, claims, goods),
        *supplies_people.markets(facts, claims, goods),
        *supplies_capacity.check(facts, claims, goods),
        *supplies_fleets.check(claims, goods),
        *supplies_openings.check(facts, claims, goods),
        *supplies_escorts.check(facts, claims, goods),
        *supplies_consistency.check(facts, claims, goods),
    ]
