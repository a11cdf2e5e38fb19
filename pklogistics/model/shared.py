"""The rows and columns of a program that no single site owns, numbered: how a certificate names them."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from pklogistics.model.program import SHARED, Group, Ints, Program


def shared_rows(program: Program) -> Ints:
    """Return the positions of the rows that sites share, in order of their numbers."""
    return np.flatnonzero(program.row_block == SHARED)


def shared_columns(program: Program) -> Ints:
    """Return the positions of the columns that belong to no single site, in order of their numbers."""
    return np.flatnonzero(program.col_block == SHARED)


def fingerprint(program: Program) -> str:
    """Return what tells whether numbers of shared rows and columns mean the same in two programs.

    It is made of their labels: tables that differ in amounts alone have the same.
    """
    digest = hashlib.sha256()
    for groups, shared in (
        (program.row_groups, shared_rows(program)),
        (program.col_groups, shared_columns(program)),
    ):
        for group in groups:
            _add(digest, group, shared)
    return digest.hexdigest()[:16]


def _add(digest: hashlib._Hash, group: Group, shared: Ints) -> None:
    first, last = np.searchsorted(shared, (group.start, group.start + len(group.keys)))
    if first == last:
        return
    keys = group.keys.iloc[shared[first:last] - group.start]
    digest.update(f"{group.family} {group.name} {list(keys.columns)}".encode())
    texts = pd.DataFrame({name: keys[name].astype(str) for name in keys.columns})
    digest.update(pd.util.hash_pandas_object(texts, index=False).to_numpy().tobytes())
