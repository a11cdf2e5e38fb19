"""What if: a mission with some of its numbers changed, said in one line each.

    funds.CERF.amount=+1e6         a million more
    units.infantry.available=4     just four
    staff.unicef/2.people=*1.5     half as much again, in period 2; without /2 in every period
    policy.max_organisations=2     the header's policy
    activities.food.max_organisations=none     blank: no limit
    funds.*.amount=*1.05           every fund, by 5% more

Between the first point and the last stand the key columns of the table, in order, joined by "/"; ``*`` stands
for any, and so do those that are left out at the end; nothing after a "/" for a blank. A row of a table
without a key is named as its file counts: the first is 2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.errors import MissionError, OptionsError, Problem
from pklogistics.instance.cells import NUMBER
from pklogistics.instance.header import Header, Policy
from pklogistics.instance.mission import Mission
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.schema import TABLES

_FORM = re.compile(r"(?P<table>[^.=]+)\.((?P<key>.*)\.)?(?P<column>[^.=]+)=(?P<value>[^=]*)", re.DOTALL)
_ROW = re.compile(r"[0-9]{1,9}")
_BLANK = ("", "none")
_EXAMPLE, _POLICY = "funds.CERF.amount=+1e6", "policy.max_organisations=2"
_FIRST_ROW = 2
"""Rows count as a file's, whose header is row 1."""


@dataclass(frozen=True)
class Change:
    """One number of a mission, changed: to a value, or by an amount (+, -) or a factor (*)."""

    table: str
    key: str
    column: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Change:
        """Read a change as it is written on the command line; raises `OptionsError`."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise OptionsError(f"{text!r} is no change: write TABLE.KEY.COLUMN=VALUE, such as {_EXAMPLE}")
        return cls(
            found["table"].strip(),
            (found["key"] or "").strip(),
            found["column"].strip(),
            found["value"].strip(),
        )

    def __str__(self) -> str:
        return f"{'.'.join(filter(None, (self.table, self.key, self.column)))}={self.value}"


def changed(mission: Mission, changes: str | Iterable[str | Change]) -> Mission:
    """Return a new mission with one change, or these, made one after the other; it says so (``changes``).

    Raises
    ------
    OptionsError
        If a change names a table, row or column that the mission does not have, or is no number.
    MissionError
        If the mission does not hold together with them; rows count as a file's, the first is 2.
    """
    for each in [changes] if isinstance(changes, str) else changes:
        change = Change.parse(each) if isinstance(each, str) else each
        try:
            mission = _changed(mission, change).known_as_changed(str(change))
        except MissionError as error:
            raise MissionError(_with(change, problem) for problem in error.problems) from None
    return mission


def _with(change: Change, problem: Problem) -> Problem:
    return replace(problem, message=f"{problem.message} (with {change})")


def _changed(mission: Mission, change: Change) -> Mission:
    if change.table == "policy":
        return _with_policy(mission, change)
    if not mission.has(change.table):
        raise OptionsError(f"{change}: {_no_table(change.table)}")
    table = TABLES[change.table]
    if change.column not in table.by_name:
        raise OptionsError(
            f"{change}: {change.table} has no column {change.column!r}"
            f"{did_you_mean(change.column, table.by_name)}"
        )
    frame = mission.tables[change.table].reset_index(drop=True)
    rows = _rows(frame, change)
    cells = frame[change.column].astype(object)
    filled = mission.frame(change.table)[change.column]
    numeric = table.by_name[change.column].is_number
    otherwise = _where_blank(mission, change.column)
    cells.iloc[rows] = [_value(change, filled.iloc[row], numeric, otherwise) for row in rows]
    tables = {change.table: frame.assign(**{change.column: cells})}
    return mission.replace(tables=tables, first_row=_FIRST_ROW)


def _where_blank(mission: Mission, column: str) -> str:
    """Return what holds where a column is blank."""
    by_policy = getattr(mission.header.policy, column, None)
    if isinstance(by_policy, int | float):
        return f"so the policy's holds, {by_policy:g}: write what it is to be in place of a change"
    if column == "security_required":
        return "so what the policy asks for at its threat holds: write what it is to be in place of a change"
    return "so it has no limit to change"


def _no_table(name: str) -> str:
    """Return why a mission has no table of that name to change."""
    if name in ("header", "mission", *Header.model_fields):
        return f"of mission.toml only the policy can be changed, as in {_POLICY}; change the rest in the file"
    if name in TABLES:
        return f"this mission has no table {name!r}"
    return f"there is no table {name!r}{did_you_mean(name, [*TABLES, 'policy'])}"


def _rows(frame: pd.DataFrame, change: Change) -> np.ndarray:
    """Return the positions of the rows that a change names."""
    keys = TABLES[change.table].key
    if not keys:
        last = len(frame) + _FIRST_ROW - 1
        if not (_ROW.fullmatch(change.key) and _FIRST_ROW <= int(change.key) <= last):
            rows = f"a row from {_FIRST_ROW} to {last}, as a file counts them"
            raise OptionsError(f"{change}: {change.table} has no keys; name {rows}")
        return np.array([int(change.key) - _FIRST_ROW])
    if not change.key and not (len(keys) == 1 and frame[keys[0]].map(_text).eq("").any()):
        every = f"{change.table}.*.{change.column}={change.value}"
        raise OptionsError(f"{change}: name the row by its {'/'.join(keys)}, or every row by *: {every}")
    parts = _parts(frame, keys, change.key)
    chosen = np.ones(len(frame), dtype=bool)
    for column, part in zip(keys, parts, strict=False):
        if part == "*":
            continue
        texts = frame[column].map(_text)
        if not (texts == part).any():
            near = did_you_mean(part, set(texts))
            joined = len(keys) > 1 and not near and any(mark in part for mark in ".,;:")
            hint = f"; the key is {'/'.join(keys)}, joined by /" if joined else near
            raise OptionsError(f"{change}: no row of {change.table} has {column} {part!r}{hint}")
        chosen &= (texts == part).to_numpy()
    if not chosen.any():
        raise OptionsError(f"{change}: no row of {change.table} has the key {change.key!r}")
    return np.flatnonzero(chosen)


def _parts(frame: pd.DataFrame, keys: tuple[str, ...], key: str) -> list[str]:
    """Return the parts of a key, one a key column; names may have slashes of their own."""
    parts: list[str] = []
    rest: str | None = key
    for column in keys[:-1]:
        if rest is None:
            return parts
        names = [name for name in frame[column].map(_text).unique() if f"{rest}/".startswith(f"{name}/")]
        parts.append(max(names, key=len, default=rest.partition("/")[0]))
        left = rest[len(parts[-1]) :]
        rest = left[1:] if left else None
    return parts if rest is None else [*parts, rest]


def key_of(mission: Mission, table: str, row: int) -> str:
    """Return the key by which a change names one row of a table, told by its position, and no other."""
    keys, frame = TABLES[table].key, mission.tables[table]
    if not keys:
        return str(row + _FIRST_ROW)
    return "/".join(_text(frame[name].iloc[row]) if name in frame else "" for name in keys)


def _text(cell: Any) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    return f"{cell:g}" if isinstance(cell, int | float | np.number) else str(cell)


def _value(change: Change, now: Any, numeric: bool, otherwise: str = "so it has no limit to change") -> Any:
    """Return the new value of a cell; ``otherwise`` says what holds where it is blank."""
    if change.value.lower() in _BLANK:
        return None
    if not numeric:
        return change.value
    relative = change.value[0] in "+-*"
    text = change.value[1:].lstrip() if relative else change.value
    # What is a number in a file is one here.
    known = NUMBER.fullmatch(text) and not (relative and text[0] in "+-")
    amount = float(text) if known else math.nan
    if text.endswith("%"):
        raise OptionsError(f"{change}: say it by a factor: {_factor(change.value)}")
    if not math.isfinite(amount):
        raise OptionsError(f"{change}: {change.value!r} is no number; write 5, +5, -5 or *1.5")
    if not relative:
        return amount
    if now is None or pd.isna(now):
        raise OptionsError(f"{change}: {change.column} is blank there, {otherwise}")
    by = {"+": float(now) + amount, "-": float(now) - amount, "*": float(now) * amount}
    return by[change.value[0]]


def _factor(percentage: str) -> str:
    """Return how a percentage (5%, +5%, -5%, *105%) is said by a factor."""
    number = percentage.strip("+-*% ")
    share = float(number) / 100 if NUMBER.fullmatch(number) else 0.05
    more, less, of = (f"*{factor:.10g}" for factor in (1 + share, 1 - share, share))
    said = f"{100 * share:.10g}%"
    words = {"+": f"{more} is {said} more", "-": f"{less} is {said} less", "*": f"{of} is {said} of it"}
    return words.get(percentage[0], f"{words['+']}, {words['*']}")


def _with_policy(mission: Mission, change: Change) -> Mission:
    if change.key or change.column not in Policy.model_fields:
        name = ".".join(filter(None, (change.key, change.column)))
        raise OptionsError(f"{change}: there is no policy {name!r}{did_you_mean(name, Policy.model_fields)}")
    document = mission.header.as_document()
    now = getattr(mission.header.policy, change.column)
    if isinstance(now, tuple):
        raise OptionsError(f"{change}: {change.column} is a list of numbers; change it in mission.toml")
    value = _value(change, now, numeric=True)
    policy = {**document.get("policy", {}), change.column: value}
    whole = isinstance(value, float) and value.is_integer()
    policy[change.column] = int(value) if whole else value
    kept = {name: entry for name, entry in policy.items() if entry is not None}
    return mission.replace(header={**document, "policy": kept})
