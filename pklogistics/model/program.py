"""The sparse program that a mission is compiled to, and the builder that assembles it.

A program is ``min c·x`` over ``row_lower <= A x <= row_upper``, ``col_lower <= x <= col_upper``, with
some columns integer. Several objective *terms* share the rows; *tiers* say in which order they are
minimised. Every row and column carries a block number (the site it belongs to, or ``SHARED``) and a
label (family, rule or symbol, keys), so that methods can exploit the structure and people can read it.
The program knows nothing of solvers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

SHARED = -1
"""Block number of rows and columns that belong to no single site."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Group:
    """Rows or columns of one rule or symbol: consecutive positions and their labels.

    ``keys`` has one line per position, in order; ``start`` is the first position.
    """

    family: str
    name: str
    start: int
    keys: pd.DataFrame

    @property
    def index(self) -> Ints:
        """Positions of the group in the program, shape (len(keys),)."""
        return np.arange(self.start, self.start + len(self.keys), dtype=np.int64)


@dataclass(frozen=True)
class Term:
    """One quantity that can be minimised: ``costs · x + offset`` in ``unit``."""

    costs: Floats
    offset: float = 0.0
    unit: str = ""


@dataclass(frozen=True)
class Tier:
    """One level of the lexicographic objective: a weighted sum of terms.

    Once solved, a tier's value is held within ``tolerance`` (relative) while later tiers are solved.
    """

    name: str
    weights: Mapping[str, float]
    tolerance: float = 0.0


@dataclass(frozen=True)
class Program:
    """A mixed-integer program in sparse form; see the module's docstring.

    Attributes
    ----------
    matrix : csr_matrix, shape (rows, columns)
    row_lower, row_upper : arrays of shape (rows,), infinite where there is no side
    col_lower, col_upper : arrays of shape (columns,)
    integer : bool array of shape (columns,)
    start : array of shape (columns,), what the columns are today; a search may begin there. NaN: unknown
    row_block, col_block : int arrays, the block number or ``SHARED``; a row belongs to a block
        exactly if all its columns do
    row_groups, col_groups : labels, in order of position
    terms : objective terms by name
    tiers : levels in the order in which they are minimised, at least one
    """

    matrix: sparse.csr_matrix
    row_lower: Floats
    row_upper: Floats
    col_lower: Floats
    col_upper: Floats
    integer: Bools
    start: Floats
    row_block: Ints
    col_block: Ints
    row_groups: tuple[Group, ...]
    col_groups: tuple[Group, ...]
    terms: Mapping[str, Term]
    tiers: tuple[Tier, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.matrix.shape[0])

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self.matrix.shape[1])

    def tier_costs(self, tier: Tier) -> tuple[Floats, float]:
        """Return the objective of a tier as a cost vector of shape (columns,) and an offset."""
        costs = np.zeros(self.columns)
        offset = 0.0
        for name, weight in tier.weights.items():
            term = self.terms.get(name)
            if term is not None:
                costs += weight * term.costs
                offset += weight * term.offset
        return costs, offset

    def tier_value(self, tier: Tier, values: Floats) -> float:
        """Return the value of a tier at a point of shape (columns,)."""
        costs, offset = self.tier_costs(tier)
        return float(costs @ values) + offset

    def violation(self, values: Floats) -> float:
        """Return the largest violation of any row, bound or integrality, in original units.

        Each row is measured relative to ``1 + its largest term |a_ij x_j|``, because an absolute
        tolerance means nothing for a row of dollars and a row of zeros and ones alike.
        """
        if self.columns == 0:
            return 0.0
        activity = self.matrix @ values
        terms = sparse.csr_matrix(abs(self.matrix).multiply(np.abs(values)))
        size = 1.0 + (terms.max(axis=1).toarray().ravel() if self.rows else np.zeros(0))
        parts = [
            (self.row_lower - activity) / size,
            (activity - self.row_upper) / size,
            (self.col_lower - values) / (1.0 + np.abs(values)),
            (values - self.col_upper) / (1.0 + np.abs(values)),
            np.abs(values - np.round(values))[self.integer],
        ]
        return max((float(part.max()) for part in parts if part.size), default=0.0)

    def group(self, name: str) -> Group | None:
        """Return the column group of that name, or None if the mission has no such columns."""
        return next((g for g in self.col_groups if g.name == name), None)


@dataclass
class Builder:
    """Collects columns, rows and triplets family by family, and stacks them once at the end."""

    _columns: list[tuple[Group, Floats, Floats, Bools, Ints, Floats]] = field(default_factory=list)
    _rows: list[tuple[Group, Floats, Floats]] = field(default_factory=list)
    _entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _terms: dict[str, list[tuple[Ints, Floats, float, str]]] = field(default_factory=dict)
    _n_columns: int = 0
    _n_rows: int = 0

    def columns(
        self,
        family: str,
        name: str,
        keys: pd.DataFrame,
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        integer: ArrayLike = False,
        block: ArrayLike = SHARED,
        start: ArrayLike = np.nan,
    ) -> Ints:
        """Add one column per line of ``keys`` and return their positions, shape (len(keys),)."""
        n = len(keys)
        group = Group(family, name, self._n_columns, keys.reset_index(drop=True))
        self._columns.append(
            (
                group,
                _filled(lower, n, np.float64),
                _filled(upper, n, np.float64),
                _filled(integer, n, np.bool_),
                _filled(block, n, np.int64),
                _filled(start, n, np.float64),
            )
        )
        self._n_columns += n
        return group.index

    def rows(
        self,
        family: str,
        name: str,
        keys: pd.DataFrame,
        *,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
    ) -> Ints:
        """Add one row per line of ``keys`` and return their positions, shape (len(keys),)."""
        n = len(keys)
        group = Group(family, name, self._n_rows, keys.reset_index(drop=True))
        self._rows.append((group, _filled(lower, n, np.float64), _filled(upper, n, np.float64)))
        self._n_rows += n
        return group.index

    def entries(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike = 1.0) -> None:
        """Add matrix entries; arrays of one length, or a single value for all. Repeats add up."""
        at_rows = np.asarray(rows, dtype=np.int64)
        at_columns = np.asarray(columns, dtype=np.int64)
        self._entries.append((at_rows, at_columns, _filled(values, len(at_rows), np.float64)))

    def term(
        self, name: str, columns: ArrayLike, costs: ArrayLike, *, offset: float = 0.0, unit: str = ""
    ) -> None:
        """Add ``costs · x[columns] + offset`` to an objective term."""
        at_columns = np.asarray(columns, dtype=np.int64)
        part = (at_columns, _filled(costs, len(at_columns), np.float64), offset, unit)
        self._terms.setdefault(name, []).append(part)

    def build(self, tiers: Sequence[Tier]) -> Program:
        """Stack everything into a program with these tiers."""
        matrix = self._matrix()
        col_block = _stacked([c[4] for c in self._columns], np.int64)
        return Program(
            matrix=matrix,
            row_lower=_stacked([r[1] for r in self._rows], np.float64),
            row_upper=_stacked([r[2] for r in self._rows], np.float64),
            col_lower=_stacked([c[1] for c in self._columns], np.float64),
            col_upper=_stacked([c[2] for c in self._columns], np.float64),
            integer=_stacked([c[3] for c in self._columns], np.bool_),
            start=_stacked([c[5] for c in self._columns], np.float64),
            row_block=row_blocks(matrix, col_block),
            col_block=col_block,
            row_groups=tuple(r[0] for r in self._rows),
            col_groups=tuple(c[0] for c in self._columns),
            terms={name: self._assembled(parts) for name, parts in self._terms.items()},
            tiers=tuple(tiers),
        )

    def _matrix(self) -> sparse.csr_matrix:
        shape = (self._n_rows, self._n_columns)
        # Positions in the width that the matrix keeps: copying and widening them is most of the work.
        entries = sum(len(e[0]) for e in self._entries)
        narrow = max(*shape, entries) <= np.iinfo(np.int32).max
        width: type[np.signedinteger[Any]] = np.int32 if narrow else np.int64
        rows = _stacked([e[0] for e in self._entries], width)
        columns = _stacked([e[1] for e in self._entries], width)
        values = _stacked([e[2] for e in self._entries], np.float64)
        matrix = sparse.csr_matrix((values, (rows, columns)), shape=shape)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return matrix

    def _assembled(self, parts: list[tuple[Ints, Floats, float, str]]) -> Term:
        costs = np.zeros(self._n_columns)
        for at_columns, values, _, _ in parts:
            np.add.at(costs, at_columns, values)
        return Term(costs, sum(part[2] for part in parts), parts[0][3])


def row_blocks(matrix: sparse.csr_matrix, col_block: Ints) -> Ints:
    """Return the block of each row: that of its columns where they agree, else ``SHARED``."""
    result = np.full(matrix.shape[0], SHARED, dtype=np.int64)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if filled.size:
        # As narrow as the positions: there are as many of them as nonzeros.
        blocks = col_block.astype(matrix.indices.dtype)[matrix.indices]
        starts = matrix.indptr[filled]
        low = np.minimum.reduceat(blocks, starts)
        high = np.maximum.reduceat(blocks, starts)
        result[filled] = np.where(low == high, low, SHARED)
    return result


def _filled(values: ArrayLike, n: int, dtype: type[Scalar]) -> NDArray[Scalar]:
    return np.broadcast_to(np.asarray(values, dtype=dtype), (n,))


def _stacked(parts: list[NDArray[Any]], dtype: type[Scalar]) -> NDArray[Scalar]:
    return np.concatenate(parts, dtype=dtype, casting="same_kind") if parts else np.zeros(0, dtype=dtype)
