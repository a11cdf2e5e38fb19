"""Joining coded tables by their keys.

Keys are whole numbers (codes, periods, rows). Several columns are folded into one number per row, so that
a join is a search among numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Keys = NDArray[np.int64]

# Folded keys stay below this; beyond it they are numbered anew, so that they never overflow.
LARGEST = 2**62


def fold(frames: Sequence[pd.DataFrame], on: Sequence[str]) -> list[Keys]:
    """Return a number for each row of each frame; equal where all the key columns are equal."""
    lengths = [len(frame) for frame in frames]
    folded = np.zeros(sum(lengths), dtype=np.int64)
    if not len(folded):
        return [folded] * len(frames)
    reach = 1
    for name in on:
        parts = [frame[name].to_numpy(dtype=np.int64) for frame in frames]
        part = parts[0] if len(parts) == 1 else np.concatenate(parts)
        low, high = int(part.min()), int(part.max())
        if reach * (high - low + 1) > LARGEST:
            numbers, folded = np.unique(folded, return_inverse=True)
            reach = len(numbers)
        folded = folded * (high - low + 1) + (part - low)
        reach *= high - low + 1
    return [folded] if len(frames) == 1 else np.split(folded, np.cumsum(lengths)[:-1])


def _groups(keys: Keys) -> tuple[Keys, Keys]:
    """Return the group of each row, groups in order of appearance, and the first row of each group."""
    group, _ = pd.factorize(keys)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(group), prepend=-1))
    return group.astype(np.int64), first


def total(frame: pd.DataFrame, by: Sequence[str], *columns: str) -> pd.DataFrame:
    """Return the sums of the columns for each combination of keys that occurs."""
    group, first = _groups(fold([frame], by)[0])
    sums = {name: np.bincount(group, _numbers(frame, name), minlength=len(first)) for name in columns}
    return pd.DataFrame({**{name: frame[name].to_numpy()[first] for name in by}, **sums})


def _numbers(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    return frame[column].to_numpy(dtype=float)


def distinct(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the combinations of keys that occur, each once."""
    _, first = _groups(fold([frame], by)[0])
    return pd.DataFrame({name: frame[name].to_numpy()[first] for name in by})


def earliest(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the combinations of keys that occur, each once, sorted, with the first period of each."""
    return frame.sort_values([*by, "period"]).drop_duplicates(by)[[*by, "period"]].reset_index(drop=True)


def look_up(frame: pd.DataFrame, table: pd.DataFrame, on: Sequence[str], column: str) -> NDArray[np.float64]:
    """Return the table's number for each row of the frame, of the first row that has its keys; else NaN."""
    wanted, offered = fold([frame, table], on)
    found: NDArray[np.float64] = np.full(len(frame), np.nan)
    if len(table):
        order = np.argsort(offered, kind="stable")
        place = np.minimum(np.searchsorted(offered[order], wanted), len(table) - 1)
        row = order[place]
        there = offered[row] == wanted
        found[there] = _numbers(table, column)[row[there]]
    return found


def occurs(frame: pd.DataFrame, table: pd.DataFrame, on: Sequence[str]) -> NDArray[np.bool_]:
    """Tell for each row of the frame whether its keys occur in the table."""
    wanted, offered = fold([frame, table], on)
    there: NDArray[np.bool_] = np.isin(wanted, offered)
    return there


def side_by_side(
    expected: pd.DataFrame, stated: pd.DataFrame, on: Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """Return the sums of both tables by key, as ``column`` and ``column_stated``; 0 without a row."""
    group, first = _groups(np.concatenate(fold([expected, stated], on)))
    keys = {name: np.concatenate([expected[name], stated[name]])[first] for name in on}
    ours, theirs = group[: len(expected)], group[len(expected) :]
    sums = {name: np.bincount(ours, _numbers(expected, name), len(first)) for name in columns}
    twins = {f"{name}_stated": np.bincount(theirs, _numbers(stated, name), len(first)) for name in columns}
    return pd.DataFrame({**keys, **sums, **twins})


def over_periods(
    frame: pd.DataFrame, first: NDArray[np.int64], last: NDArray[np.int64], periods: int
) -> pd.DataFrame:
    """Return each row once for every period from first to last that lies in 1..periods."""
    begin = np.maximum(first, 1)
    length = np.maximum(np.minimum(last, periods) - begin + 1, 0)
    row = np.repeat(np.arange(len(frame)), length)
    step = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    return frame.iloc[row].reset_index(drop=True).assign(period=begin[row] + step)


def crossed(frame: pd.DataFrame, **columns: Sequence[Any] | NDArray[Any]) -> pd.DataFrame:
    """Return every row of the frame with every combination of the given columns' values."""
    for name, values in columns.items():
        frame = frame.merge(pd.DataFrame({name: np.asarray(values)}), how="cross")
    return frame
