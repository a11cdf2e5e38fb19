"""What each block bears of the shared columns that it is linked to, without asking the master.

``x_b <= z`` comes in thousands for the same z: a base only where the organisation is mobilised. Each of these
links has a price, and what all of them come to is at most what z costs. For a master these are thousands of
rows, and it takes dozens of passes until it knows them. But how z's cost is best spread is seen from the
blocks: nobody gives up z for less than what z is worth to it. So every block that uses z is priced without
it, and bears in proportion to what it then costs more. If all together lose more than z costs, they go on
using it; if not, they give it up. Either way the bound has what z costs, or what it is worth. (Dual ascent,
Erlenkotter, Operations Research 26, 1978, with the increments of all that use a column at once.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.solve.crew.bundle import Priced
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.piece import FEASIBLE

_MOST = 8
"""How many kinds of shared columns a block is priced without, one at a time; of more it bears nothing."""


def share_out(dual: Dual, over: Callable[[], bool]) -> None:
    """Begin with prices of all links set anew, given the other prices; blocks are priced in fractions."""
    split, coupling = dual.split, dual.coupling
    links = np.flatnonzero(split.links)
    if not len(links) or over():
        return
    prices = np.where(split.links, 0.0, dual.prices)
    reduced = dual.reduced(prices)
    kind = _kinds(split.alike[links], sparse.csr_matrix(coupling.shared[links]))
    borne = _borne(dual, links, kind, reduced, over)
    if over():
        return
    entries = sparse.coo_matrix(abs(coupling.shared[links]).multiply(borne[:, None]))
    budget = np.maximum(coupling.costs - coupling.shared_transposed @ prices, 0.0)
    size = (int(kind.max()) + 1, len(budget))
    asked = sparse.csr_matrix((entries.data, (kind[entries.row], entries.col)), shape=size)
    asked.eliminate_zeros()
    level = np.full(size[0], np.inf)
    of_kind = np.repeat(np.arange(size[0]), np.diff(asked.indptr))
    np.minimum.at(level, of_kind, budget[asked.indices] / asked.data)
    sign = np.where(coupling.most[links] > 0, 1.0, -1.0)
    prices[links] = sign * level[kind] * borne
    dual.begin(prices)
    dual.rows.keep(split.links & (prices != 0))


def _kinds(alike: Ints, shared: sparse.csr_matrix) -> Ints:
    """Number links that ask for the same shared columns, or for some that others ask for as well."""
    _, number = np.unique(alike, return_inverse=True)
    count = int(number.max()) + 1
    by_column = sparse.csr_matrix(
        (np.ones(shared.nnz), (np.repeat(number, np.diff(shared.indptr)), shared.indices)),
        shape=(count, shared.shape[1]),
    )
    _, kind = connected_components(by_column @ by_column.T, directed=False)
    return np.asarray(kind[number], dtype=np.int64)


def _borne(dual: Dual, links: Ints, kind: Ints, reduced: Floats, over: Callable[[], bool]) -> Floats:
    """Return by how much each link's block loses without its kind, shape (links,).

    What a block loses is divided equally among those links of one kind that it uses. If none loses anything,
    all bear the same.
    """
    split = dual.split
    matrix = sparse.csr_matrix(dual.coupling.blocks[links])
    now = _priced(dual, reduced, np.arange(split.blocks), over)
    block = split.block_of_column[matrix.indices[matrix.indptr[:-1]]]
    used = np.flatnonzero(np.abs(matrix @ now.values) > FEASIBLE)
    every = block * (kind.max() + 1) + kind
    pairs, number = np.unique(every[used], return_inverse=True)
    owner = pairs // (kind.max() + 1)
    turn = np.arange(len(pairs)) - np.searchsorted(owner, owner)
    most = np.where(reduced < 0, -reduced * dual.bounds[1][split.columns], 0.0)
    dear = 1.0 + np.add.reduceat(most, split.starts[:-1])
    lost = np.zeros(len(pairs))
    for each in range(min(_MOST, int(turn.max(initial=-1)) + 1)):
        chosen = turn == each
        closed = np.unique(matrix[np.isin(every, pairs[chosen])].indices)
        costs = reduced.copy()
        costs[closed] += dear[split.block_of_column[closed]]
        without = _priced(dual, costs, owner[chosen], over)
        lost[chosen] = np.maximum(without.linear - now.linear, 0.0)[owner[chosen]]
    borne = np.zeros(len(links))
    borne[used] = lost[number] / np.bincount(number)[number]
    idle = np.bincount(kind, borne)[kind] <= 0
    return np.where(idle, 1.0, borne)


def _priced(dual: Dual, costs: Floats, blocks: Ints, over: Callable[[], bool]) -> Priced:
    fractions: Bools = np.zeros(dual.split.blocks, dtype=np.bool_)
    return dual.pricer.price(costs, blocks, whole=fractions, stop=over)
