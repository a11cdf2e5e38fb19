"""How far something gives way, and of a mandate the column that says so for all that its row holds for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from scipy import sparse

from pklogistics.model.program import Floats, Ints
from pklogistics.solve.piece import Piece
from pklogistics.solve.scaling import Scaling

What = TypeVar("What")


@dataclass(frozen=True)
class Given(Generic[What]):
    """What gives way, in one part of the mission or in all of it.

    Attributes
    ----------
    what : the amount, or the change
    cost : by which it is compared with others; infinite if nothing would do
    least : whether no less does
    enough : whether a plan of the whole mission does with it
    """

    what: What
    cost: float
    least: bool = True
    enough: bool = False

    @property
    def possible(self) -> bool:
        """Whether something would do."""
        return self.cost < np.inf


class Measured(NamedTuple):
    """A program, the column that says how far a mandate gives way, and its scaling."""

    piece: Piece
    at: int
    scaling: Scaling


def counting(piece: Piece, at: int) -> Floats:
    """Return the objective that counts one column alone."""
    costs = np.zeros(piece.columns)
    costs[at] = 1.0
    return costs


def with_measure(piece: Piece, at: Ints, ratio: Floats) -> Piece:
    """Return a program with a column more that is no less than these columns, each divided by its ratio."""
    rows = np.arange(len(at))
    entries = sparse.csr_matrix((np.ones(len(at)), (rows, at)), shape=(len(at), piece.columns))
    top = sparse.hstack([piece.matrix, sparse.csr_matrix((piece.rows, 1))], format="csr")
    bottom = sparse.hstack([entries, sparse.csr_matrix(-ratio[:, None])], format="csr")
    return Piece(
        matrix=sparse.csr_matrix(sparse.vstack([top, bottom], format="csr")),
        row_lower=np.append(piece.row_lower, np.full(len(at), -np.inf)),
        row_upper=np.append(piece.row_upper, np.zeros(len(at))),
        col_lower=np.append(piece.col_lower, 0.0),
        col_upper=np.append(piece.col_upper, np.inf),
        integer=np.append(piece.integer, False),
        costs=np.append(piece.costs, 0.0),
    )
