"""The filled form of a table: defaults filled in, dates as periods, ready to be computed with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.instance.calendar import Calendar
from pklogistics.instance.header import Header
from pklogistics.instance.schema import TABLES
from pklogistics.instance.table import Column, Table

LOCAL = ("local", "national")
"""How the kind of a local organisation begins."""


def calendar_of(header: Header) -> Calendar:
    """Return the calendar that a header sets."""
    return Calendar(header.start, header.periods, header.period_days)


def blank_column(column: Column, rows: int) -> pd.Series[Any]:
    """Return a column of blanks, in its raw form."""
    if column.kind == "float":
        return pd.Series(np.full(rows, np.nan))
    if column.kind in ("int", "bool"):
        return pd.Series(pd.NA, index=range(rows), dtype="Int64" if column.kind == "int" else "boolean")
    return pd.Series("", index=range(rows), dtype="str")


def empty_table(table: Table) -> pd.DataFrame:
    """Return the table without rows, in its raw form."""
    return pd.DataFrame({column.name: blank_column(column, 0) for column in table.columns})


@cache
def _filled_without_rows(name: str) -> pd.DataFrame:
    table = TABLES[name]
    return filled(table, empty_table(table), Header.model_validate({"format": 1}))


def absent(name: str) -> pd.DataFrame:
    """Return the filled form of a table that a mission does not have: the same for any header."""
    return _filled_without_rows(name).copy(deep=False)


def with_absent(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the filled form of all tables; those that a mission does not have are without rows."""
    return {name: frames[name] if name in frames else absent(name) for name in TABLES}


def filled(table: Table, raw: pd.DataFrame, header: Header) -> pd.DataFrame:
    """Return a table with its documented defaults, columns of the schema only, rows as they stand.

    Text stays ``str`` with ``""`` for blank; numbers with a default or required are ``int64`` or
    ``float64``, others ``float64`` with NaN for blank; flags are ``bool``; ``from`` and ``until`` are periods
    (``int64``); lists are tuples of names. ``period`` is ``float64``, NaN for every period, and so is
    ``expires``, NaN where it is not given.
    """
    calendar = calendar_of(header)
    frame = pd.DataFrame(
        {column.name: _filled(column, raw[column.name], calendar) for column in table.columns},
        index=pd.RangeIndex(len(raw)),
    )
    if table.name == "organisations":
        frame["local"] = frame["kind"].str.lower().str.startswith(LOCAL).astype(bool)
    if table.name == "activities":
        frame["radius_km"] = frame["radius_km"].fillna(header.policy.patrol_radius_km or 0.0)
    if table.name == "sites":
        nothing = frame["storage_t"].isna() & frame["storage_m3"].isna()
        frame[["storage_t", "storage_m3"]] = frame[["storage_t", "storage_m3"]].mask(nothing, 0.0)
    return frame


def _filled(column: Column, cells: pd.Series[Any], calendar: Calendar) -> Any:
    if column.kind == "when":
        if column.name == "expires":
            return calendar.last_periods(cells)
        return calendar.periods_of(cells, blank=1 if column.name == "from" else calendar.periods)
    if column.kind == "names":
        return split(cells)
    if column.is_text:
        return (cells.mask(cells == "", column.default) if column.default else cells).array
    if column.kind == "bool":
        return cells.fillna(bool(column.default)).to_numpy(dtype=bool)
    if column.kind == "int" and (column.required or column.default is not None):
        return cells.fillna(column.default or 0).to_numpy(dtype=np.int64)
    values = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    return values if column.default is None else np.where(np.isnan(values), column.default, values)


def split(cells: pd.Series[str]) -> Any:
    """Return lists of names, written ``"A; B"``, as an object array of tuples."""
    codes, distinct = pd.factorize(cells)
    names = np.empty(len(distinct), dtype=object)
    names[:] = [tuple(text.split("; ")) if text else () for text in np.asarray(distinct, dtype=object)]
    return names.take(codes)


def repeated_by_period(frame: pd.DataFrame, periods: int) -> pd.DataFrame:
    """Repeat the rows without a period for every period 1 to ``periods``.

    ``period`` becomes ``int64``; ``row`` (``int64``) is the position in ``frame``. Rows keep their order, and
    a repeated row stands in the order of its periods.
    """
    period = frame["period"].to_numpy(dtype=np.float64)
    every = np.isnan(period)
    times = np.where(every, periods, 1)
    row = np.repeat(np.arange(len(frame), dtype=np.int64), times)
    ends = np.cumsum(times)
    nth = np.arange(len(row), dtype=np.int64) - np.repeat(ends - times, times) + 1
    out = frame.take(row).reset_index(drop=True)
    out["period"] = np.where(every[row], nth, np.where(every, 0, period).astype(np.int64)[row])
    out["row"] = row
    return out
