"""Weights of links: which blocks should carry the price of a shared column that many of them use.

Thousands of rows ``x_b <= z`` of one z are added up with weights (`split`). The bound loses nothing if no
block is asked for more than z is worth to it: its regret, what its best point without z costs more than its
best point with it. So weights are the regrets (as in dual ascent for facility location, Erlenkotter,
Operations Research 26, 1978), as far as the known points tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.model.program import Floats
from pklogistics.solve.decomposition.coupling import Coupling
from pklogistics.solve.decomposition.pool import Pool
from pklogistics.solve.decomposition.split import Split

if TYPE_CHECKING:
    from pklogistics.solve.decomposition.dual import Dual

_LEAST = 1e-6


def asked_of_shared(dual: Dual) -> Floats:
    """Return how much of each shared column the master's points ask for, shape (shared columns,).

    A sum of links (`split`) asks for little of a column that few blocks use; each link by itself asks for all
    of it. Where a link has several shared columns, that which the master uses most has to give what is asked.
    """
    split, master = dual.split, dual.master
    assert master is not None
    asked = master.shared[: len(split.shared_columns)].copy()
    at = np.flatnonzero(split.links)
    if not len(at):
        return asked
    means = np.asarray(dual.pool.points.T @ master.weights)
    sign = np.where(np.isfinite(split.piece.row_upper[split.rows[at]]), 1.0, -1.0)
    side = np.where(sign > 0, split.piece.row_upper[split.rows[at]], -split.piece.row_lower[split.rows[at]])
    used = sign * (split.outer[at][:, split.columns] @ means) - side
    given = -sparse.diags(sign) @ split.outer[at][:, split.shared_columns]
    worst = pd.Series(used).groupby(split.group[at]).idxmax().to_numpy(np.int64)
    lines = sparse.csr_matrix(given)[worst]
    for line, need in enumerate(used[worst]):
        part = slice(lines.indptr[line], lines.indptr[line + 1])
        columns, entries = lines.indices[part], lines.data[part]
        lacking = need - float(entries @ asked[columns])
        helping = entries > 0
        if lacking > 0 and helping.any():
            first = np.argmax(np.where(helping, asked[columns], -np.inf))
            asked[columns[first]] += lacking / entries[first]
    return asked


def link_weights(split: Split, coupling: Coupling, pool: Pool, costs: Floats, prices: Floats) -> Floats:
    """Return weights of the split's shared rows; those that are no links have weight 1.

    Parameters
    ----------
    costs : of the block columns
    prices : of the coupling's rows; those of links are passed over
    """
    links = np.flatnonzero(split.links)
    columns = pool.columns(coupling, costs)
    reduced = columns.costs - columns.activity @ np.where(split.linked, 0.0, prices)
    matrix = sparse.csr_matrix(split.piece.matrix[split.rows[links]][:, split.columns])
    block = split.block_of_column[matrix.indices[matrix.indptr[:-1]]]
    using = sparse.csr_matrix(pool.points @ matrix.T)
    first = np.searchsorted(pool.block, np.arange(split.blocks))
    count = np.bincount(pool.block, minlength=split.blocks)[block]
    # Every pair of a link and a known point of its block.
    link = np.repeat(np.arange(len(links)), count)
    point = np.repeat(first[block] - np.cumsum(count) + count, count) + np.arange(len(link))
    used = np.asarray(using[point, link]).ravel() != 0
    best, without = np.full(len(links), np.inf), np.full(len(links), np.inf)
    np.minimum.at(best, link, reduced[point])
    np.minimum.at(without, link[~used], reduced[point[~used]])
    known = np.isfinite(without) & np.isfinite(best)
    regret = np.where(known, without, 0.0) - np.where(known, best, 0.0)
    most = float(regret[known].max(initial=1.0))
    weights = np.ones(len(split.rows))
    weights[links] = np.where(known | ~np.isfinite(best), np.maximum(regret, 0.0), most)
    total = np.bincount(split.group, weights=weights, minlength=split.size)[split.group]
    size = np.bincount(split.group, minlength=split.size)[split.group]
    return np.where(total > 0, np.maximum(weights, _LEAST * total / size), 1.0)
