"""What a tiny mission must give: its tiers, and facts of its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """What the rows of a table of the plan with these cells add up to, or (no column) how many there are."""

    table: str
    where: Mapping[str, str | int]
    column: str | None
    value: float


def fact(table: str, column: str | None, value: float, **where: str | int) -> Fact:
    """Return a fact."""
    return Fact(table, where, column, value)


def served(value: float, **where: str | int) -> Fact:
    """Say how many people are served."""
    return fact("service", "people", value, **where)


def stationed(value: float, **where: str | int) -> Fact:
    """Say how many units are stationed."""
    return fact("stationing", "count", value, **where)


def left(fund: str, value: float) -> Fact:
    """Say how much money of a fund is left."""
    return fact("funds", "left", value, fund=fund)


@dataclass(frozen=True)
class Answer:
    """What a mission must give: its tiers in order, and facts of its plan.

    ``given_up`` has, for a tier that later tiers were allowed to worsen, the best value that it could have.
    """

    tiers: Mapping[str, float]
    facts: tuple[Fact, ...] = ()
    given_up: Mapping[str, float] | None = None


def tiers(mandate: float, need: float, cost: float) -> dict[str, float]:
    """Return the values of the default tiers."""
    return {"mandate": mandate, "need": need, "cost": cost}
