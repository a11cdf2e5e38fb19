"""Which columns and rows belong to the question about one site, and which to all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.explain.limits.places import EMPTY
from pklogistics.model.build import Model
from pklogistics.model.program import SHARED, Floats, Ints, Program
from pklogistics.model.sets import BLANK

_NEIGHBOURLY = ("T6_guarded", "T7")
"""Rows that tie a site to units at other sites."""

_NEIGHBOURS = 12
"""So many other sites are near one at most."""


class SiteColumns:
    """The columns of each site; ``by_column`` is the matrix of the program, by columns."""

    def __init__(self, model: Model, by_column: sparse.csc_matrix) -> None:
        program = self._program = model.program
        self._by_column, self._by_row = by_column, by_column.tocsr()
        self._order: Ints = np.argsort(program.col_block, kind="stable")
        self._sorted: Ints = program.col_block[self._order]
        self._units = np.zeros(program.columns, dtype=bool)
        for group in program.col_groups:
            self._units[group.index] = group.family == "force" and group.name != "guarded"
        self._near = np.zeros(program.rows, dtype=bool)
        for rows in program.row_groups:
            self._near[rows.index] = rows.name in _NEIGHBOURLY
        self._from_elsewhere = _from_elsewhere(model)

    def of(self, site: int) -> Ints:
        """Return the columns of a site, and of the units near it that could serve it."""
        low, high = np.searchsorted(self._sorted, [site, site + 1])
        own = np.concatenate([self._order[low:high], self._from_elsewhere.get(site, EMPTY)])
        rows = np.unique(self._by_column[:, own].indices)
        near = rows[self._near[rows]]
        if not len(near):
            return own
        beside = np.unique(self._program.col_block[self._by_row[near].indices])
        beside = beside[(beside != SHARED) & (beside != site)]
        parts = [own]
        for other in beside[:_NEIGHBOURS]:
            low, high = np.searchsorted(self._sorted, [other, other + 1])
            columns = self._order[low:high]
            parts.append(columns[self._units[columns]])
        return np.concatenate(parts)


def core_rows(program: Program, matrix: sparse.csr_matrix, x: Floats) -> Ints:
    """Return the rows that tie shared columns to one another; of rows that say the same, the tightest.

    Rows that tie a shared column to what is fixed elsewhere come in thousands (nobody works who is not
    mobilised); with the rest of the plan fixed most say the same. Those of the site that is asked about
    say less, for its columns are free: so the tightest of two sites are kept.
    """
    shared = np.zeros(program.columns)
    shared[program.col_block == SHARED] = 1.0
    part = sparse.csr_matrix(matrix @ sparse.diags(shared))
    part.eliminate_zeros()
    touched = np.flatnonzero(np.diff(part.indptr))
    random = np.random.default_rng(0).random((program.columns, 2))
    signature = np.round(part[touched] @ random, 9)
    outside = matrix[touched] @ x - part[touched] @ x
    rule = np.zeros(program.rows, dtype=np.int64)
    for number, group in enumerate(program.row_groups):
        rule[group.index] = number
    frame = pd.DataFrame({"rule": rule[touched], "a": signature[:, 0], "b": signature[:, 1]})
    frame["low"] = program.row_lower[touched] - outside
    frame["high"] = program.row_upper[touched] - outside
    frame["site"] = _site_of(program, matrix, touched)
    bound = np.isfinite(frame["low"]) | np.isfinite(frame["high"])
    several = np.flatnonzero(bound & (frame["site"] == BLANK))
    tightest = [_tightest(frame[frame["site"] != BLANK], side) for side in ("low", "high")]
    core: Ints = touched[np.unique(np.concatenate([several, *tightest]))]
    return core


def _site_of(program: Program, matrix: sparse.csr_matrix, rows: Ints) -> Ints:
    """Return the only site in whose columns a row stands, BLANK if there are several or none."""
    entries = matrix[rows].tocoo()
    site = program.col_block[entries.col]
    own = pd.DataFrame({"row": entries.row, "site": site})[site != SHARED].groupby("row")["site"]
    found = np.full(len(rows), BLANK, dtype=np.int64)
    least, most = own.min(), own.max()
    alone = (least == most).to_numpy()
    found[least.index.to_numpy(np.int64)[alone]] = least.to_numpy(np.int64)[alone]
    return found


def _tightest(rows: pd.DataFrame, side: str) -> Ints:
    """Return which rows are the tightest on a side among those that say the same, of two sites each."""
    tightness = rows["low"] if side == "low" else -rows["high"]
    said = tightness[np.isfinite(tightness)].sort_values(ascending=False, kind="stable")
    ordered = rows.loc[said.index]
    first = ordered.groupby(["rule", "a", "b"])["site"].transform("first")
    elsewhere = ordered[ordered["site"] != first]
    kept = [each.groupby(["rule", "a", "b"]).head(1).index for each in (ordered, elsewhere)]
    return np.concatenate([index.to_numpy(np.int64) for index in kept])


def _from_elsewhere(model: Model) -> dict[int, Ints]:
    """Return, by site, the columns of its people who are protected by posts at other sites."""
    guards = model.assembly.guards
    if guards.empty:
        return {}
    chosen = guards[(guards["post"] != BLANK) & (guards["post"] != guards["site"])]
    return {int(str(site)): served.to_numpy(np.int64) for site, served in chosen.groupby("site")["served"]}
