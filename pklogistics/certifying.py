"""From the prices that a search ended with to the certificate that its plan carries."""

from __future__ import annotations

import numpy as np

from pklogistics.model.program import Floats, Program
from pklogistics.model.shared import fingerprint, shared_columns, shared_rows
from pklogistics.plan.certificate import Certificate, Part, PricedTier, Prices
from pklogistics.solve import Solution, TierSolution

_DIGITS = 7
"""Digits of a price: any prices bound, and these lose no more than a ten-millionth of what they add up to."""


def certificate_of(program: Program, solution: Solution) -> Certificate | None:
    """Return what proves the bounds of a solution, None if no bound came from prices."""
    tiers = tuple(_tier(program, tier) for tier in solution.tiers if tier.parts)
    return Certificate(fingerprint(program), tiers) if tiers else None


def _tier(program: Program, tier: TierSolution) -> PricedTier:
    columns = shared_columns(program)
    numbers: dict[Prices, int] = {}
    parts = []
    for part in tier.parts:
        number = numbers.setdefault(_prices(program, tier, part.prices), len(numbers))
        box = zip(np.searchsorted(columns, part.columns).tolist(), part.least, part.most, strict=True)
        parts.append(Part(tuple((at, float(least), float(most)) for at, least, most in box), number))
    return PricedTier(tier.name, tuple(numbers), tuple(parts))


def _prices(program: Program, tier: TierSolution, prices: Floats) -> Prices:
    shared = prices[shared_rows(program)]
    used = np.flatnonzero(np.isfinite(shared) & (shared != 0))
    held = zip(tier.held, prices[program.rows :].tolist(), strict=True)
    return Prices(
        tuple(used.tolist()),
        tuple(_rounded(price) for price in shared[used].tolist()),
        tuple((name, _rounded(price)) for name, price in held if price),
    )


def _rounded(price: float) -> float:
    return float(f"{price:.{_DIGITS}g}")
