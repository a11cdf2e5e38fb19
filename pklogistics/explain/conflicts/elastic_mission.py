"""A mission as an elastic program: every limit is a row, mandates are broken no further than in the plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pklogistics.explain.limits.bounds import broken_columns, widened
from pklogistics.explain.limits.kinds import MANDATES
from pklogistics.explain.limits.limits import NONE, Limits
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.model.program import Bools, Floats, Ints, Program
from pklogistics.solve.piece import Piece


@dataclass(frozen=True)
class Whole:
    """The linear program of a mission in which every limit is a row; see `Limits` for the last five.

    ``places`` are those of the rows, ``NONE`` where a row says no limit of its own.
    """

    piece: Piece
    places: Ints
    of_row: Ints
    each: Floats
    rises: Bools
    falls: Bools


def elastic_whole(questions: Questions) -> Whole:
    """Return the linear program of a mission in which no mandate is broken further than in the plan.

    What a column bound says by itself, and where consent is refused, stands in a row more.
    """
    program, x, limits = questions.model.program, questions.x, questions.limits
    upper = widened(questions.model, x, questions.refused)
    mandates = broken_columns(questions.model)
    upper[mandates] = x[mandates]
    bound = np.flatnonzero(limits.of_column != NONE)
    said, count = np.maximum(limits.said[bound], x[bound]), len(bound)
    more = sparse.csr_matrix((np.ones(count), (np.arange(count), bound)), shape=(count, program.columns))
    present = _with_presence(questions, upper)
    kept = present.shape[0]
    activity = questions.matrix @ x
    piece = Piece(
        matrix=sparse.csr_matrix(sparse.vstack([questions.matrix, more, present], format="csr")),
        row_lower=np.concatenate([np.minimum(program.row_lower, activity), np.full(count + kept, -np.inf)]),
        row_upper=np.concatenate([np.maximum(program.row_upper, activity), said, np.zeros(kept)]),
        col_lower=np.minimum(program.col_lower, x),
        col_upper=upper,
        integer=np.zeros(program.columns, dtype=bool),
        costs=np.zeros(program.columns),
    )
    of_row, falls = _said_by_limits(limits, program)
    return Whole(
        piece=piece,
        places=np.concatenate([np.arange(program.rows), program.rows + bound, np.full(kept, NONE)]),
        of_row=np.concatenate([of_row, limits.of_column[bound], np.full(kept, NONE)]),
        each=np.concatenate([limits.each, np.ones(count + kept)]),
        rises=np.concatenate([limits.rises, np.ones(count + kept, dtype=bool)]),
        falls=np.concatenate([falls, np.zeros(count + kept, dtype=bool)]),
    )


def _with_presence(questions: Questions, upper: Floats) -> sparse.csr_matrix:
    """Return rows by which nobody is served without a presence, however many a presence may serve."""
    limits = questions.limits
    kinds = np.append(limits.table["kind"].to_numpy(object), "")[limits.of_row]
    rows = questions.matrix[np.flatnonzero(kinds == "max_people")].copy()
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    served = rows.data > 0
    most = np.zeros(rows.shape[0])
    np.maximum.at(most, row[served], rows.data[served] * upper[rows.indices[served]])
    rows.data[~served] = -most[row[~served]]
    return sparse.csr_matrix(rows)


def _said_by_limits(limits: Limits, program: Program) -> tuple[Ints, Bools]:
    """Return the limit of each row, and whether it may be broken below; what mandates ask is no limit."""
    kind = np.append(limits.table["kind"].to_numpy(object), "")[limits.of_row]
    falls = limits.falls & (kind != "unit_rule")
    relaxable = (limits.rises & np.isfinite(program.row_upper)) | (falls & np.isfinite(program.row_lower))
    return np.where(relaxable & ~np.isin(kind, MANDATES), limits.of_row, NONE), falls
