"""Checks that look beyond one cell: keys, names of other tables, periods and dates."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.instance.calendar import Calendar
from pklogistics.instance.findings import Findings, Naming
from pklogistics.instance.names import Names, did_you_mean
from pklogistics.instance.row import Reference
from pklogistics.instance.schema import TABLES
from pklogistics.instance.table import Column
from pklogistics.instance.tables import ReadTable
from pklogistics.instance.texts import cell_text
from pklogistics.instance.wording import quoted

Codes = NDArray[np.int64]


def group_codes(frame: pd.DataFrame, columns: tuple[str, ...]) -> Codes:
    """Return one number per row, equal where the rows agree in all of the columns; blanks are a value."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for name in columns:
        more, distinct = pd.factorize(frame[name], use_na_sentinel=False)
        # Numbering the groups anew at each step keeps the product of two counts within 64 bits.
        codes, _ = pd.factorize(codes * max(1, len(distinct)) + more)
    return codes.astype(np.int64)


def check_keys(read: ReadTable, findings: Findings) -> None:
    """Report rows that repeat the key of a row before them.

    A row for every period and a row for one period of otherwise the same key overlap, and are reported too.
    """
    key = read.table.key
    if not key or read.lost & set(key):
        return
    sound = read.sound(*key)
    for name in key:
        if read.table.by_name[name].required:
            cells = read.frame[name]
            sound &= np.asarray(
                cells != "" if read.table.by_name[name].is_text else cells.notna(), dtype=bool
            )
    positions = np.flatnonzero(sound)
    frame = _with_defaults(read, key).take(positions)
    codes = group_codes(frame, key)
    repeats = np.asarray(pd.Series(codes).duplicated(), dtype=bool)
    _report(read, findings, key, positions, codes, repeats, "stands already in row {row}")
    if "period" in key:
        rest = tuple(name for name in key if name != "period")
        groups = group_codes(frame, rest)
        every = np.asarray(frame["period"].isna(), dtype=bool)
        if every.any():
            overlaps = np.isin(groups, groups[every]) & ~every & ~repeats
            words = "stands already in row {row}, which holds for every period; keep one of the two"
            _report(read, findings, key, positions, np.where(every, groups, -1), overlaps, words, groups)


def _with_defaults(read: ReadTable, key: tuple[str, ...]) -> pd.DataFrame:
    cells = {name: read.frame[name] for name in key}
    for name in key:
        default = read.table.by_name[name].default
        if read.table.by_name[name].is_text and default:
            cells[name] = cells[name].mask(cells[name] == "", default)
    return pd.DataFrame({name: column.array for name, column in cells.items()})


def _report(
    read: ReadTable,
    findings: Findings,
    key: tuple[str, ...],
    positions: Codes,
    codes: Codes,
    repeats: NDArray[np.bool_],
    words: str,
    wanted: Codes | None = None,
) -> None:
    """Report repeated rows; the row that they repeat is the first whose code is the wanted one."""
    wanted = codes if wanted is None else wanted
    order = {int(positions[at]): int(wanted[at]) for at in np.flatnonzero(repeats)[:100]}

    def word(at: int) -> tuple[str | None, str]:
        first = int(positions[np.flatnonzero(codes == order[at])[0]])
        cells = {name: cell_text(read.frame[name].iloc[at]) for name in key}
        named = ", ".join(f"{name} {quoted(text)}" for name, text in cells.items() if text)
        return ", ".join(
            cells.values()
        ), f"{named or 'every period'} {words.format(row=read.place.rows[first])}"

    findings.at_rows(read.place, positions[repeats], ", ".join(key), word)


def check_references(
    tables: Mapping[str, ReadTable], naming: Naming, findings: Findings, unreadable: Collection[str] = ()
) -> None:
    """Report names that no table they may refer to holds, with the nearest one that one of them holds.

    Parameters
    ----------
    unreadable
        Tables that are there but could not be read; names that may be theirs are not looked at.
    """
    known: dict[Reference, dict[str, None]] = {}
    for read in tables.values():
        for column in read.table.columns:
            reference = column.reference
            if reference is None or not (read.frame[column.name] != "").any():
                continue
            there = [target for target in reference.targets if target.table in tables]
            absent = [target.table for target in reference.targets if target.table not in tables]
            if any(TABLES[name].required or name in unreadable for name in absent):
                continue
            if any(target.column in tables[target.table].lost for target in there):
                continue
            if not there:
                _table_is_missing(read, column, reference.table, naming, findings)
                continue
            if reference not in known:
                known[reference] = _names(tables, there)
            where = " nor ".join(f"in {naming.short(target.table)}" for target in there)
            where = f"neither {where}" if len(there) > 1 else f"not {where}"
            others = _mistaken(tables, reference)
            _names_are_known(read, column, known[reference], others, where, findings)


def _names(tables: Mapping[str, ReadTable], places: list[Reference]) -> dict[str, None]:
    columns = [pd.unique(tables[place.table].frame[place.column]) for place in places]
    return dict.fromkeys(name for names in columns for name in names if name != "")


def _mistaken(tables: Mapping[str, ReadTable], reference: Reference) -> dict[str, str]:
    """Return what to do about each name that is easily mistaken for one of those referred to."""
    other = reference.mistaken
    if other is None or other.table not in tables:
        return {}
    step = f"; it is a {other.column}, and {reference.step}"
    return dict.fromkeys(_names(tables, [other]), step)


def _table_is_missing(
    read: ReadTable, column: Column, target: str, naming: Naming, findings: Findings
) -> None:
    """Say once per column that an optional table is missing; a required one is reported by itself."""
    what = f"column '{column.name}' names entries of {naming.short(target)}, which is missing"
    step = f"remove {read.table.name}" if column.required else "leave the column blank"
    findings.error(read.place.file, f"{what}; add it, or {step}", None, column.name)


def _names_are_known(
    read: ReadTable,
    column: Column,
    known: dict[str, None],
    mistaken: dict[str, str],
    where: str,
    findings: Findings,
) -> None:
    codes, distinct = pd.factorize(read.frame[column.name])
    texts = np.asarray(distinct, dtype=object)
    lists = [text.split("; ") if column.kind == "names" else [text] for text in texts]
    strange = [next((name for name in listed if name and name not in known), None) for listed in lists]
    wrong = np.array([name is not None for name in strange], dtype=bool)
    if not wrong.any():
        return
    hints: dict[str, str] = {}
    names = Names(known)

    def word(at: int) -> tuple[str | None, str]:
        name = str(strange[codes[at]])
        if name not in hints:
            hints[name] = mistaken.get(name) or did_you_mean(name, names)
        return name, f"{column.name} {quoted(name)} is {where}{hints[name]}"

    findings.at_rows(read.place, np.flatnonzero(wrong.take(codes)), column.name, word)


def check_periods(read: ReadTable, calendar: Calendar, naming: Naming, findings: Findings) -> None:
    """Report periods that the mission does not have, dates without a start, and ends before their begin."""
    if "period" in read.table.by_name:
        periods = read.frame["period"]
        outside = np.asarray((periods > calendar.periods).fillna(value=False), dtype=bool)

        def out_of_range(at: int) -> tuple[str | None, str]:
            value = cell_text(periods.iloc[at])
            span = f"periods 1 to {calendar.periods}" if calendar.periods > 1 else "only period 1"
            return value, f"period {value} is out of range; the mission has {span} ({naming.header})"

        findings.at_rows(read.place, np.flatnonzero(outside), "period", out_of_range)
    moments = [column.name for column in read.table.columns if column.kind == "when"]
    for name in moments if calendar.start is None else ():
        cells = read.frame[name]
        dated = np.flatnonzero(np.asarray(cells.str.contains("-"), dtype=bool))

        def undated(at: int, name: str = name) -> tuple[str | None, str]:
            value = str(read.frame[name].iloc[at])
            return (
                value,
                f"{name} is the date {quoted(value)}, but {naming.header} has no start; add one",
            )

        findings.at_rows(read.place, dated, name, undated)
    if "from" in read.table.by_name:
        _ends_after_begin(read, calendar, findings)


def _ends_after_begin(read: ReadTable, calendar: Calendar, findings: Findings) -> None:
    begin = calendar.days(read.frame["from"], end=False)
    end = calendar.days(read.frame["until"], end=True)
    backwards = np.flatnonzero(np.greater_equal(begin, end))

    def word(at: int) -> tuple[str | None, str]:
        first, last = (str(read.frame[name].iloc[at]) for name in ("from", "until"))
        return (
            f"{first}, {last}",
            f"from {quoted(first)} is after until {quoted(last)}; exchange them, or correct one",
        )

    findings.at_rows(read.place, backwards, "from, until", word)
