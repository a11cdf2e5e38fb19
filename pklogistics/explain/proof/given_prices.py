"""What a plan's certificate gives for one tier, turned into positions of the program, if it is of use."""

from __future__ import annotations

import numpy as np

from pklogistics.errors import PlanError
from pklogistics.explain.proof.covering import covered
from pklogistics.explain.proof.repricing import GivenPart
from pklogistics.model.program import Floats, Program
from pklogistics.model.shared import fingerprint, shared_columns, shared_rows
from pklogistics.plan import Plan
from pklogistics.plan.certificate import Damaged, PricedTier, Prices
from pklogistics.solve.piece import Piece

OF_OTHERS = "the prices in the plan are of other tables, or of another version of pklogistics"
_DAMAGED = "the prices in the plan are damaged"
_INCOMPLETE = "the parts of the certificate in the plan leave something out, so it proves nothing"


class UselessError(ValueError):
    """A certificate that proves nothing; it says why."""


def given_tiers(program: Program, plan: Plan) -> dict[str, PricedTier]:
    """Return the priced tiers of a plan by name, none if it has no prices.

    Raises
    ------
    UselessError
        If they are of another program.
    PlanError
        If they are damaged.
    """
    if plan.certificate is None:
        return {}
    if isinstance(plan.certificate, Damaged):
        raise PlanError(
            f"{plan.certificate}: solve the mission again for new ones; without --bound all else is checked"
        )
    if plan.certificate.fingerprint != fingerprint(program):
        raise UselessError(OF_OTHERS)
    return {tier.tier: tier for tier in plan.certificate.tiers}


def given_parts(
    program: Program, piece: Piece, bounds: tuple[Floats, Floats], held: tuple[str, ...], tier: PricedTier
) -> list[GivenPart]:
    """Return the parts of a tier, which together are the whole program.

    Parameters
    ----------
    piece : the tier's program: rows of the program, then those that hold the tiers ``held``
    bounds : of the columns, within which an optimal point lies

    Raises
    ------
    UselessError
        If numbers are out of place, or the parts leave something out.
    """
    columns = shared_columns(program)
    lower, upper = (side[columns] for side in bounds)
    vectors = [_vector(program, piece, held, prices) for prices in tier.prices]
    parts = []
    for part in tier.parts:
        least, most = lower.copy(), upper.copy()
        for at, low, high in part.box:
            if not 0 <= at < len(columns) or not piece.integer[columns[at]] or not low <= high:
                raise UselessError(_DAMAGED)
            least[at], most[at] = max(low, lower[at]), min(high, upper[at])
        if not 0 <= part.prices < len(vectors):
            raise UselessError(_DAMAGED)
        parts.append(GivenPart(least, most, vectors[part.prices]))
    whole = piece.integer[columns]
    boxes = [
        np.array([side[whole] for side in sides])
        for sides in zip(*((part.least, part.most) for part in parts), strict=True)
    ]
    if not parts or not covered(lower[whole], upper[whole], *boxes):
        raise UselessError(_INCOMPLETE)
    return [part for part in parts if (part.least <= part.most).all()]


def _vector(program: Program, piece: Piece, held: tuple[str, ...], prices: Prices) -> Floats:
    """Return prices by row of the piece; a tier that is not held by a row here has none."""
    rows, numbers = shared_rows(program), np.array(prices.rows, dtype=np.int64)
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < len(rows)):
        raise UselessError(_DAMAGED)
    vector = np.zeros(piece.rows)
    vector[rows[numbers]] = prices.values
    for name, price in prices.held:
        if name in held:
            vector[program.rows + held.index(name)] = price
    if not np.isfinite(vector).all():
        raise UselessError(_DAMAGED)
    return vector
