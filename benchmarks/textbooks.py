"""Textbook models of the public classes, written by hand from their files: what a good formulation is.

Each is the strong formulation that the literature of the class gives: linking rows by customer (and by
commodity), not by facility alone; capacities times openings. Profits are written as costs below zero. They
share nothing with `pklogistics.model`; the readers of the files are those of the importers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from pklogistics.exchange import gap, mcnd, mknap, mscflp_ci, orlib_cap, pabulib, pmed, sscflp
from pklogistics.exchange.numbers import read_numbers
from pklogistics.solve.piece import Piece

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Book:
    """Columns, rows and entries of a model while it is written down."""

    def __init__(self) -> None:
        self._costs: list[Floats] = []
        self._upper: list[Floats] = []
        self._integer: list[NDArray[np.bool_]] = []
        self._sides: list[Floats] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self._columns = self._rows = 0

    def columns(self, costs: ArrayLike, *, upper: ArrayLike = 1.0, integer: bool = False) -> Ints:
        """Add columns from 0 to ``upper`` and return their numbers, in the shape of their costs."""
        costs = np.asarray(costs, dtype=float)
        self._costs.append(costs.ravel())
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=float), costs.shape).ravel())
        self._integer.append(np.full(costs.size, integer))
        self._columns += costs.size
        return np.arange(self._columns - costs.size, self._columns).reshape(costs.shape)

    def rows(
        self, count: int, lower: ArrayLike, upper: ArrayLike, *terms: tuple[ArrayLike, ArrayLike]
    ) -> None:
        """Add rows: each term gives their columns, shape (count,) or (count, several), and coefficients."""
        sides = np.column_stack([np.broadcast_to(np.asarray(s, dtype=float), count) for s in (lower, upper)])
        number = np.arange(self._rows, self._rows + count)
        self._sides.append(sides)
        for columns, values in terms:
            at = np.asarray(columns, dtype=np.int64).reshape(count, -1)
            entry = np.broadcast_to(np.asarray(values, dtype=float), at.shape)
            self._entries.append((np.repeat(number, at.shape[1]), at.ravel(), entry.ravel()))
        self._rows += count

    def piece(self) -> Piece:
        """Return what is written."""
        row, column, value = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        matrix = sparse.csr_matrix((value, (row, column)), shape=(self._rows, self._columns))
        matrix.eliminate_zeros()
        sides, upper = np.concatenate(self._sides), np.concatenate(self._upper)
        return Piece(
            *(matrix, sides[:, 0], sides[:, 1], np.zeros(self._columns), upper),
            integer=np.concatenate(self._integer),
            costs=np.concatenate(self._costs),
        )


def _located(capacity: Floats, fixed: Floats, demand: Floats, cost: Floats, *, whole: bool) -> Piece:
    """min Σ f y + Σ c x with Σ_i x_ij = 1, x_ij <= y_i, Σ_j d_j x_ij <= q_i y_i.

    ``cost`` has the shape (facilities, customers).
    """
    book = Book()
    opened = book.columns(fixed, integer=True)
    share = book.columns(cost, integer=whole)
    facilities, customers = cost.shape
    book.rows(customers, 1, 1, (share.T, 1))
    book.rows(share.size, -np.inf, 0, (share.ravel(), 1), (np.repeat(opened, customers), -1))
    book.rows(facilities, -np.inf, 0, (share, demand), (opened, -capacity[:, None]))
    return book.piece()


def _warehouses(path: Path, instance: str | None) -> Piece:
    data = orlib_cap._read(path)
    shared = float(instance.partition("@")[2]) if instance else np.nan
    capacity = data.capacity if np.isnan(shared) else np.full(len(data.fixed), shared)
    return _located(capacity, data.fixed, data.demand, data.cost.T, whole=False)


def _single_source(path: Path, instance: str | None) -> Piece:
    data = sscflp._read(path)
    return _located(data.capacity, data.fixed, data.demand, data.cost, whole=True)


def _assignment(path: Path, instance: str | None) -> Piece:
    """min Σ c x with Σ_i x_ij = 1, Σ_j a_ij x_ij <= b_i."""
    data = gap._read(read_numbers(path))
    book = Book()
    does = book.columns(data.cost, integer=True)
    book.rows(does.shape[1], 1, 1, (does.T, 1))
    book.rows(does.shape[0], -np.inf, data.has, (does, data.takes))
    return book.piece()


def _knapsack(path: Path, instance: str | None) -> Piece:
    """max Σ p x with Σ_j a_ij x_j <= b_i."""
    numbers = read_numbers(path)
    count = numbers.whole("the number of problems")
    data = [mknap._read(numbers) for _ in range(count)][int(instance or 1) - 1]
    book = Book()
    taken = book.columns(-data.profit, integer=True)
    book.rows(len(data.budget), -np.inf, data.budget, (np.tile(taken, (len(data.budget), 1)), data.takes))
    return book.piece()


def _budget(path: Path, instance: str | None) -> Piece:
    """max Σ votes x with Σ cost x <= budget."""
    data = pabulib._read(path)
    book = Book()
    taken = book.columns(-data.projects["gain"].to_numpy(float), integer=True)
    book.rows(1, -np.inf, data.budget, (taken, data.projects["cost"].to_numpy(float)))
    return book.piece()


def _medians(path: Path, instance: str | None) -> Piece:
    """min Σ d x with Σ_i x_ij = 1, x_ij <= y_i, Σ y = p; every vertex is also a customer."""
    data = pmed._read(path)
    book = Book()
    median = book.columns(np.zeros(len(data.distance)), integer=True)
    joined = np.isfinite(data.distance)
    assigned = book.columns(np.where(joined, data.distance, 0.0), upper=joined)
    book.rows(len(median), 1, 1, (assigned.T, 1))
    book.rows(assigned.size, -np.inf, 0, (assigned.ravel(), 1), (np.repeat(median, len(median)), -1))
    book.rows(1, data.open, data.open, (median, 1))
    return book.piece()


def _network(path: Path, instance: str | None) -> Piece:
    """min Σ f y + Σ c x with balances, Σ_k x_ak <= u_a y_a and x_ak <= min(q_k, u_a) y_a."""
    data = mcnd._read(path)
    arcs, goods, nodes = data.arcs, data.commodities, data.nodes
    room = arcs["capacity"].to_numpy(float)
    quantity = goods["quantity"].to_numpy(float)
    book = Book()
    opened = book.columns(arcs["cost of opening"].to_numpy(float), integer=True)
    cost = np.repeat(arcs["cost of a unit"].to_numpy(float)[:, None], len(goods), axis=1)
    flow = book.columns(cost, upper=np.inf)
    asked = np.zeros((nodes, len(goods)))
    each = np.arange(len(goods))
    np.add.at(asked, (goods["destination"].to_numpy(np.int64), each), quantity)
    np.add.at(asked, (goods["origin"].to_numpy(np.int64), each), -quantity)
    toward = np.arange(nodes)[:, None] == arcs["head"].to_numpy(np.int64)
    away = np.arange(nodes)[:, None] == arcs["tail"].to_numpy(np.int64)
    signs = toward.astype(float) - away
    for at in each:  # commodities are few
        book.rows(nodes, asked[:, at], asked[:, at], (np.tile(flow[:, at], (nodes, 1)), signs))
    book.rows(len(arcs), -np.inf, 0, (flow, 1), (opened, -room[:, None]))
    least = np.minimum(quantity, room[:, None])
    linked = (np.repeat(opened, len(goods)), -least.reshape(-1, 1))
    book.rows(flow.size, -np.inf, 0, (flow.ravel(), 1), linked)
    return book.piece()


def _incompatible(path: Path, instance: str | None) -> Piece:
    """min Σ f y + Σ c x with Σ_i x_ij = g_j, x_ij <= g_j z_ij, z_ij <= y_i, Σ_j x_ij <= q_i y_i.

    Two stores j and k that may not share a warehouse have z_ij + z_ik <= 1.
    """
    data = mscflp_ci._read(path)
    stores, warehouses = data.cost.shape
    book = Book()
    opened = book.columns(data.fixed, integer=True)
    sent = book.columns(data.cost, upper=data.goods[:, None])
    serves = book.columns(np.zeros(data.cost.shape), integer=True)
    book.rows(stores, data.goods, data.goods, (sent, 1))
    goods = np.repeat(data.goods, warehouses)[:, None]
    book.rows(sent.size, -np.inf, 0, (sent.ravel(), 1), (serves.ravel(), -goods))
    book.rows(sent.size, -np.inf, 0, (serves.ravel(), 1), (np.tile(opened, stores), -1))
    book.rows(warehouses, -np.inf, 0, (sent.T, 1), (opened, -data.capacity[:, None]))
    first, second = (serves[data.pairs[:, side]].ravel() for side in (0, 1))
    book.rows(len(first), -np.inf, 1, (first, 1), (second, 1))
    return book.piece()


TEXTBOOKS: dict[str, Callable[[Path, str | None], Piece]] = {
    "orlib-cap": _warehouses,
    "pmed": _medians,
    "mcnd": _network,
    "sscflp": _single_source,
    "gap": _assignment,
    "mknap": _knapsack,
    "mscflp-ci": _incompatible,
    "pabulib": _budget,
}
"""The model of each class, by the name of its importer: from a file and the name of an instance in it."""
