"""Small programs with optima that can be argued by hand, and one that is hard on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

from pklogistics.model.program import Builder, Floats, Program, Tier
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.piece import Piece


def program(
    matrix: ArrayLike,
    row_lower: ArrayLike,
    row_upper: ArrayLike,
    *,
    costs: Mapping[str, Sequence[float]],
    lower: ArrayLike = 0.0,
    upper: ArrayLike = np.inf,
    integer: ArrayLike = False,
    offset: float = 0.0,
    tolerance: float = 0.0,
) -> Program:
    """A dense program with one tier per cost vector, in order."""
    entries = np.atleast_2d(np.asarray(matrix, dtype=float))
    columns = len(next(iter(costs.values())))
    rows = entries.shape[0] if entries.size else 0
    b = Builder()
    at = b.columns("f", "x", _keys(columns), lower=lower, upper=upper, integer=integer)
    at_rows = b.rows("f", "R", _keys(rows), lower=row_lower, upper=row_upper)
    i, j = np.nonzero(entries) if rows else (np.zeros(0, int), np.zeros(0, int))
    b.entries(at_rows[i], at[j], entries[i, j] if rows else np.zeros(0))
    for name, values in costs.items():
        b.term(name, at, values, offset=offset)
    return b.build([Tier(name, {name: 1.0}, tolerance) for name in costs])


def _keys(n: int) -> pd.DataFrame:
    return pd.DataFrame({"key": np.arange(n)})


def free(n: int) -> list[float]:
    return [-np.inf] * n


def knapsack() -> Program:
    """Values 10, 13, 7, weights 3, 4, 2, room 6: pairs 3 + 2 -> 17, 4 + 2 -> 20; 3 + 4 is too heavy."""
    return program([[3, 4, 2]], free(1), [6], costs={"c": [-10, -13, -7]}, upper=1, integer=True)


def diet() -> Program:
    """min 2x + 3y with x + y >= 4, x + 3y >= 6: both rows bind at x = 3, y = 1, which costs 9.

    The duals 1.5 and 0.5 prove it: 1.5 * 4 + 0.5 * 6 = 9.
    """
    return program([[1, 1], [1, 3]], [4, 6], [np.inf, np.inf], costs={"c": [2, 3]})


def big_numbers() -> Program:
    """A post costs 1e6 and lets 1e6 people be served at 0.1 each; 2.5e6 people, 2.3e6 of money.

    Columns: people served, posts open (whole, up to 5). Two posts cost 2e6 and leave 3e5 of money, enough
    for 3e6 people, but two posts serve 2e6 only. A third post is beyond the money. So 2e6 are served.
    """
    return program(
        [[1, -1e6], [0.1, 1e6]],
        free(2),
        [0, 2.3e6],
        costs={"c": [-1, 0]},
        upper=[2.5e6, 5],
        integer=[False, True],
        offset=2.5e6,
    )


def planted(columns: int = 60, rows: int = 5, seed: int = 7) -> Floats:
    """Return the hidden solution of `hard`: all rows are met exactly, at no cost."""
    chosen = np.random.default_rng(seed + 1).random(columns) < 0.5
    return np.concatenate((chosen, np.zeros(2 * rows))).astype(float)


def hard(columns: int = 60, rows: int = 5, seed: int = 7) -> Program:
    """Market split: ``A x + s - t = A planted``, A random, s and t >= 0 cost 1. No solver finds 0 soon."""
    a = np.random.default_rng(seed).integers(0, 100, (rows, columns)).astype(float)
    sides = a @ planted(columns, rows, seed)[:columns]
    matrix = np.hstack((a, np.eye(rows), -np.eye(rows)))
    costs = np.concatenate((np.zeros(columns), np.ones(2 * rows)))
    return program(
        matrix,
        sides,
        sides,
        costs={"split": costs.tolist(), "first": [*np.ones(columns), *np.zeros(2 * rows)]},
        upper=np.concatenate((np.ones(columns), np.full(2 * rows, 6000.0))),
        integer=np.arange(columns + 2 * rows) < columns,
    )


def hamlets(count: int = 260, seed: int = 0) -> Program:
    """So many hamlets, each a block: a clinic or a school, which serve 10 to 98 people; one budget.

    Enough of them to be priced in several bundles, and each priced in a fraction of a millisecond.
    """
    random = np.random.default_rng(seed)
    hamlet = np.repeat(np.arange(count), 2)
    at = pd.DataFrame({"site": hamlet, "kind": np.tile([0, 1], count)})
    people = random.integers(10, 99, 2 * count).astype(float)
    b = Builder()
    open_ = b.columns("f", "open", at, upper=1, integer=True, block=hamlet)
    served = b.columns("f", "served", at, upper=people, block=hamlet)
    reached = b.rows("f", "reached", at, upper=0)
    b.entries(reached, served, 1)
    b.entries(reached, open_, -people)
    either = b.rows("f", "either", at.iloc[::2], upper=1)
    b.entries(either[hamlet], open_, 1)
    budget = np.repeat(b.rows("f", "budget", at.head(1), upper=1.5 * count), 2 * count)
    b.entries(budget, open_, random.integers(1, 6, 2 * count).astype(float))
    b.entries(budget, served, 0.05)
    b.term("unserved", served, -1.0, offset=float(people.sum()))
    b.term("open", open_, 1.0)
    return b.build([Tier("unserved", {"unserved": 1.0})])


def priced_dual(dual: Dual, passes: int = 10) -> Dual:
    """Make so many passes of a search for prices."""
    prices = dual.prices
    for _ in range(passes):
        master = dual.step(prices, lambda: False)
        assert master is not None
        prices = master.prices
    return dual


def transport(towns: int) -> Piece:
    """As many sources as towns, each of them at a random distance: a linear program that takes a while."""
    random = np.random.default_rng(0)
    way = np.arange(towns * towns)
    ends = [
        sparse.csr_matrix((np.ones(len(way)), (end, way)), shape=(towns, len(way)))
        for end in (way // towns, way % towns)
    ]
    nothing = np.full(towns, np.inf)
    return Piece(
        matrix=sparse.csr_matrix(sparse.vstack(ends, format="csr")),
        row_lower=np.append(-nothing, random.integers(1, 50, towns)),
        row_upper=np.append(random.integers(50, 99, towns), nothing),
        col_lower=np.zeros(len(way)),
        col_upper=np.full(len(way), np.inf),
        integer=np.zeros(len(way), dtype=bool),
        costs=random.random(len(way)),
    )
