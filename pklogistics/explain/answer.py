"""What is answered to a question: which limits have to be relaxed, and what that serves."""

from __future__ import annotations

from dataclasses import dataclass

from pklogistics.model.program import Floats, Ints

REFUSAL = -2
"""A limit numbered ``REFUSAL - j`` is the refusal that forbids column j."""


@dataclass(frozen=True)
class Answer:
    """Which limits have to be relaxed, and what that serves.

    Attributes
    ----------
    limits : numbers of the limits, the costliest amounts first; empty if nothing stands in the way
    amounts : by how much each is broken, in its unit
    people : how many more are served
    columns, values : where the plan changes, positions and new values
    """

    limits: Ints
    amounts: Floats
    people: float
    columns: Ints
    values: Floats
