"""From text to typed columns, a whole column at a time.

Each parser returns the typed column, with failing cells blank, and where cells fail. What a column may
hold comes from its `Column`, that is from the constraints of the row model; how a failing cell is worded
is the row model's business (see `wording`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types as kinds

from pklogistics.instance.row import NAME, WHEN, split_names
from pklogistics.instance.table import Column
from pklogistics.instance.texts import FORBIDDEN, as_name, fold, one_newline, texts_of

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Parsed = tuple["pd.Series[Any]", Bools]

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
DECIMAL_COMMA = re.compile(r"^\s*([+-]?[0-9]*),([0-9]+)\s*$")
TRUE = frozenset({"yes", "y", "true", "t", "on", "1"})
FALSE = frozenset({"no", "n", "false", "f", "off", "0"})
EXACT = 2.0**53
"""Whole numbers above this are not exact as floating-point numbers."""


def parse(cells: pd.Series[Any], column: Column, decimal_comma: bool = False) -> Parsed:
    """Return the typed column and where its cells fail.

    Text has dtype ``str`` with blanks as ``""``, numbers ``float64`` or ``Int64``, flags ``boolean``.
    """
    if column.is_number:
        values, wrong = _floats(cells, decimal_comma)
        typed, wrong = _number(values, wrong, column)
    elif column.kind == "bool":
        typed, wrong = _flag(cells)
    else:
        typed, wrong = _text(texts_of(cells), column)
    if column.required:
        wrong = wrong | np.asarray(typed == "" if column.is_text else typed.isna(), dtype=bool)
    return typed, wrong


def plain_text(cells: pd.Series[Any]) -> Parsed:
    """Return a column that the schema does not know, as text to the letter."""
    return _cleaned(texts_of(cells), one_newline, _writable)


def _floats(cells: pd.Series[Any], decimal_comma: bool) -> tuple[Floats, Bools]:
    if kinds.is_numeric_dtype(cells.dtype) and not kinds.is_bool_dtype(cells.dtype):
        values = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        return values, np.isinf(values)
    codes, distinct = pd.factorize(texts_of(cells))
    texts = [text.strip() for text in distinct]
    if decimal_comma:
        texts = [DECIMAL_COMMA.sub(r"\1.\2", text) for text in texts]
    numbers = (float(text) if NUMBER.fullmatch(text) else np.nan for text in texts)
    values = np.fromiter(numbers, dtype=np.float64, count=len(texts))
    filled = np.fromiter((text != "" for text in texts), dtype=bool, count=len(texts))
    wrong = filled & ~np.isfinite(values)
    values[wrong] = np.nan
    return values.take(codes), wrong.take(codes)


def _number(values: Floats, wrong: Bools, column: Column) -> Parsed:
    with np.errstate(invalid="ignore"):
        if column.minimum is not None:
            wrong = wrong | (values < column.minimum)
        if column.above is not None:
            wrong = wrong | (values <= column.above)
        if column.maximum is not None:
            wrong = wrong | (values > column.maximum)
        if column.kind == "int":
            wrong = wrong | (np.floor(values) != values) & ~np.isnan(values) | (np.abs(values) > EXACT)
    values = np.where(wrong, np.nan, values)
    if column.kind == "float":
        return pd.Series(values), wrong
    blank = np.isnan(values)
    return pd.Series(pd.arrays.IntegerArray(np.where(blank, 0, values).astype(np.int64), blank)), wrong


def _flag(cells: pd.Series[Any]) -> Parsed:
    if kinds.is_bool_dtype(cells.dtype):
        return cells.astype("boolean"), np.zeros(len(cells), dtype=bool)
    codes, distinct = pd.factorize(texts_of(cells))
    words = [fold(text) for text in np.asarray(distinct, dtype=object)]
    true = np.array([word in TRUE for word in words], dtype=bool)
    known = true | np.array([word in FALSE for word in words], dtype=bool)
    wrong = ~known & np.array([word != "" for word in words], dtype=bool)
    values = pd.arrays.BooleanArray(true.take(codes), ~known.take(codes))
    return pd.Series(values), wrong.take(codes)


def _text(texts: pd.Series[str], column: Column) -> Parsed:
    clean: Callable[[str], str] = {
        "text": one_newline,
        "choice": fold,
        "when": lambda text: text.strip(),
        "names": _joined,
    }.get(column.kind, _clean_name)
    tests: Mapping[str, Callable[[str], bool]] = {
        "choice": frozenset(column.choices).__contains__,
        "when": is_when,
        "names": lambda text: _writable(text) and _names_differ(text),
        "key": lambda text: _writable(text) and NAME.fullmatch(text) is not None,
    }
    return _cleaned(texts, clean, tests.get(column.kind, _writable))


def _cleaned(texts: pd.Series[str], clean: Callable[[str], str], test: Callable[[str], bool]) -> Parsed:
    """Return texts cleaned, and where they fail the test; each distinct text is looked at once."""
    codes, distinct = pd.factorize(texts)
    before = np.asarray(distinct, dtype=object)
    after = np.fromiter((clean(text) for text in before), dtype=object, count=len(before))
    wrong = np.fromiter((text != "" and not test(text) for text in after), dtype=bool, count=len(after))
    after[wrong] = ""
    if not np.array_equal(before, after):
        texts = pd.Series(after.take(codes), index=texts.index, dtype="str")
    return texts, wrong.take(codes)


def is_when(text: str) -> bool:
    """Tell whether a text is a period number or a date that exists."""
    if not WHEN.fullmatch(text):
        return False
    try:
        return "-" not in text or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _clean_name(text: str) -> str:
    return as_name(one_newline(text))


def _joined(text: str) -> str:
    parts = split_names(_clean_name(text))
    assert isinstance(parts, tuple)
    return "; ".join(as_name(part) for part in parts)


def _names_differ(text: str) -> bool:
    parts = text.split("; ")
    return len(set(parts)) == len(parts)


def _writable(text: str) -> bool:
    return FORBIDDEN.search(text) is None
