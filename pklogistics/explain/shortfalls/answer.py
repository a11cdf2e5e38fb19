"""What is answered to questions: which limits have to be relaxed and what that serves, and what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pklogistics.model.program import Floats, Ints


@dataclass(frozen=True)
class Answer:
    """Which limits have to be relaxed, and what that serves.

    Attributes
    ----------
    limits : numbers of the limits, the costliest amounts first; empty if nothing stands in the way
    amounts : by how much each is broken, in its unit
    places : where each is broken (see `Limits`)
    people : how many more are served; 0 if no limit, and not all of them together, would let serve any
    columns, values : where the plan changes, positions and new values
    """

    limits: Ints
    amounts: Floats
    places: tuple[Ints, ...]
    people: float
    columns: Ints
    values: Floats


@dataclass(frozen=True)
class InOrder:
    """What is left, solved tier by tier: unmet need, weighted and in people, and broken mandates."""

    weighted: float
    people: float
    mandate: float


def nobody() -> Answer:
    """Return the answer that nothing which could be relaxed would help."""
    none: Ints = np.zeros(0, dtype=np.int64)
    return Answer(limits=none, amounts=np.zeros(0), places=(), people=0.0, columns=none, values=np.zeros(0))
