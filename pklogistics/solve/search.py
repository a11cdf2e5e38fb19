"""What is known about one tier while it is being solved."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ortools.math_opt import solution_pb2

from pklogistics.model.program import Floats
from pklogistics.solve.kin import Kin
from pklogistics.solve.piece import Piece
from pklogistics.solve.solution import PricedPart, Stopped, relative_gap

if TYPE_CHECKING:
    from pklogistics.solve.decomposition import Blocks

_ROUNDING = 1e-6
"""A bound may pass the value of a verified point by this much, relatively, and still be called right."""

_DUST = 1e-10
"""A gap of this is the rounding of sums: to search on would only trade earlier tiers within tolerances."""


@dataclass
class Search:
    """The best point, the best bound, and how they came about.

    Attributes
    ----------
    name : the tier's name
    piece : the tier's program
    loose : the same with earlier tiers held a little less tightly, for cleaning
    values : the best verified point, None if there is none
    bound : proven lower bound
    proven_before : whether ``values`` comes from an earlier tier's solution, not from the idle plan
    stopped : why the search ended
    basis : where a linear program's next tier may begin
    kin : labels by which columns belong together, for neighbourhoods
    today : what the columns are today, shape (columns,), NaN where unknown
    next_costs : objective of the tier that follows, shape (columns,), None if none does
    blocks : the program's blocks, None where the program is solved whole
    notes : what went otherwise than planned, in sentences
    parts : what proves the best bound that came from prices, whatever ``bound`` came from
    priced : that bound
    clean : whether only clean points are kept, see `Piece.feasible`
    """

    name: str
    piece: Piece
    loose: Piece
    values: Floats | None
    bound: float
    proven_before: bool
    stopped: Stopped = "gap"
    basis: solution_pb2.BasisProto | None = None
    notes: list[str] = field(default_factory=list)
    kin: tuple[Kin, ...] = ()
    today: Floats | None = None
    next_costs: Floats | None = None
    blocks: Blocks | None = None
    parts: tuple[PricedPart, ...] = ()
    priced: float = -math.inf
    clean: bool = False

    @property
    def value(self) -> float:
        """Objective of the best verified point, infinite if there is none."""
        return math.inf if self.values is None else self.piece.value(self.values)

    def offer(self, values: Floats | None) -> bool:
        """Keep a point if it is feasible and better than what is known; return whether it is feasible."""
        if values is None or not self.piece.feasible(values, clean=self.clean):
            return False
        if self.values is None or self.piece.value(values) < self.value:
            self.values = values
        return True

    def offer_bound(self, bound: float, parts: Iterable[PricedPart] = ()) -> bool:
        """Keep a bound if it is better than what is known; return False if a verified point refutes it.

        ``parts`` are what proves it, if it comes from prices; they are looked at only if they are kept.
        """
        if bound - self.value > _ROUNDING * max(1.0, abs(self.value)):
            return False
        if bound > self.priced and (proof := tuple(parts)):
            self.priced, self.parts = bound, proof
        self.bound = max(self.bound, min(bound, self.value))
        return True

    def solved(self, gap: float) -> bool:
        """Whether there is a point whose value is proven to within the relative gap, or to rounding."""
        return relative_gap(self.value, self.bound) <= max(gap, _DUST)
