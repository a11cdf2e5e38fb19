"""The objective: tiers and terms recomputed from the decisions, and what the plan says of them.

A tier with a tolerance is held within it of the best value found while later tiers are minimised. The plan
says at how much; it must keep that, and it may be no less than the tier's bound with its tolerance.

mandate = sum of all breaks of elastic rules (people and persons); need = sum unmet * weight * severity
factor; cost = sum of all cost lines (mission currency); risk = sum threat * persons stationed;
waste = tonnes expired; change = 0. A tier is a weighted sum of terms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import plain
from pklogistics.check.force import at_site
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.tolerance import slack

if TYPE_CHECKING:
    from pklogistics.plan import Plan, TierResult


def terms(
    facts: Facts, claims: Claims, goods: Goods, breaks: pd.DataFrame, lines: pd.DataFrame
) -> dict[str, float]:
    """Return the value of every term."""
    persons = at_site(facts, claims, "persons")
    threat = facts.sites["threat"].to_numpy(dtype=float)[persons["site"].to_numpy()]
    return {
        "mandate": float(breaks["amount"].sum()),
        "need": float((claims.met["unmet"] * claims.met["weight"]).sum()),
        "cost": float(lines["amount"].sum()),
        "risk": float((threat * persons["sum"]).sum()),
        "change": 0.0,
        "waste": float(goods.expiries["weight"].sum()),
    }


def tiers(facts: Facts, values: Mapping[str, float]) -> dict[str, float]:
    """Return the value of every tier of the mission, in order."""
    return {
        name: sum(weight * values[term] for term, weight in weights.items())
        for name, weights in _weights(facts).items()
    }


def check(facts: Facts, plan: Plan, values: Mapping[str, float]) -> list[Violation]:
    """Return what is wrong with the tiers that the plan reports; ``values`` are the recomputed terms."""
    expected = tiers(facts, values)
    sizes = {
        name: sum(abs(weight * values[term]) for term, weight in weights.items())
        for name, weights in _weights(facts).items()
    }
    stated = [tier.name for tier in plan.tiers]
    if stated != list(expected):
        message = (
            f"the plan reports the tiers {', '.join(stated) or 'none'}; the mission has {', '.join(expected)}"
        )
        count = float(len(set(stated) ^ set(expected)) or 1)
        return [Violation("tiers", {}, None, count, "tiers", message)]
    given_up = {tier.name: tier.tolerance for tier in facts.mission.header.objective.tiers}
    found = []
    for tier in plan.tiers:
        tolerance = float(slack(sizes[tier.name], tier.value))
        found += _told(tier, expected[tier.name], tolerance)
        found += _held(tier, expected[tier.name], given_up[tier.name], tolerance)
    return found


def _told(tier: TierResult, value: float, tolerance: float) -> list[Violation]:
    """Return what is wrong with one tier, given its recomputed value."""
    found = []

    def wrong(amount: float, message: str) -> None:
        shown = amount if math.isfinite(amount) else 0.0
        found.append(Violation("tiers", {"tier": tier.name}, None, shown, "tier value", message))

    if not abs(tier.value - value) <= tolerance:
        wrong(
            abs(tier.value - value),
            f"tier {tier.name} is reported as {plain(tier.value)}; recomputed it is {plain(value)}",
        )
    if not tier.bound <= tier.value + tolerance:
        wrong(
            tier.bound - tier.value,
            f"tier {tier.name} has a bound of {plain(tier.bound)} above its value {plain(tier.value)}",
        )
    low, high = _gaps(tier, tolerance)
    if not low <= tier.gap <= high:
        nearest = low if tier.gap < low else high
        wrong(
            abs(tier.gap - nearest),
            f"tier {tier.name} has a gap of {tier.gap:g}, where value and bound make it {nearest:g}",
        )
    return found


def _held(tier: TierResult, value: float, share: float, tolerance: float) -> list[Violation]:
    """Return what is wrong with the value at which a tier was held; ``share`` is its tolerance."""
    if tier.held_at is None:
        return []
    least = tier.bound + share * abs(tier.bound) if math.isfinite(tier.bound) else -math.inf
    allowed = f"its bound of {plain(tier.bound)} with its tolerance of {share:g} makes {plain(least)}"
    found = []
    for most, why in ((value, f"the plan makes it {plain(value)}"), (least, allowed)):
        if not tier.held_at >= most - tolerance:
            amount = most - tier.held_at
            shown = amount if math.isfinite(amount) else 0.0
            words = f"tier {tier.name} was held at {plain(tier.held_at)} for the tiers after it; {why}"
            found.append(Violation("tiers", {"tier": tier.name}, None, shown, "tier value", words))
    return found


def _gaps(tier: TierResult, tolerance: float) -> tuple[float, float]:
    """Return the least and the largest gap that value and bound allow.

    The gap is the distance of value and bound relative to the value; near 0, where that is not defined,
    a distance relative to 1 is accepted too.
    """
    distance = max(0.0, tier.value - tier.bound)
    if not math.isfinite(distance):
        return math.inf, math.inf
    size = abs(tier.value)
    low = max(0.0, distance - tolerance) / max(1.0, size)
    high = (distance + tolerance) / size if size > tolerance else math.inf
    return low - 1e-9, high + 1e-9


def _weights(facts: Facts) -> dict[str, dict[str, float]]:
    """Return the terms and weights of every tier that the mission asks for."""
    tiers = facts.mission.header.objective.tiers
    return {tier.name: {str(term): weight for term, weight in tier.terms.items()} for tier in tiers}
