"""What text may stand in a cell, and how a cell of any container becomes text.

Text is kept to the letter, with two exceptions that every container forces: a line break is one ``\\n``,
and control characters are refused, because no workbook can hold them. Names are compared after Unicode
composition (NFC) and without blanks around them, so that a name typed on one machine is found on another.
"""

from __future__ import annotations

import math
import numbers
import re
import unicodedata
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that no workbook or UTF-8 file can hold."""

NEWLINES = re.compile("\r\n?")


def one_newline(text: str) -> str:
    """Write every line break as ``\\n``."""
    return NEWLINES.sub("\n", text) if "\r" in text else text


def as_name(text: str) -> str:
    """Return a name as it is compared: without blanks around it, and composed (NFC)."""
    return unicodedata.normalize("NFC", text.strip())


def fold(text: str) -> str:
    """Return a choice or a header as it is compared: lower case, blanks and hyphens as underscores."""
    return re.sub(r"[\s\-]+", "_", as_name(text)).lower()


def cell_text(value: Any) -> str:
    """Return the text of one cell: ``""`` if blank, ISO dates, whole numbers without a decimal point."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return number_text(float(value))
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "; ".join(cell_text(part) for part in value)
    return str(value)


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number; ``""`` for NaN."""
    if math.isnan(value):
        return ""
    return repr(value).removesuffix(".0")


def texts_of(series: pd.Series[Any]) -> pd.Series[str]:
    """Return a column of any type as text of dtype ``str``, blanks as ``""``."""
    if isinstance(series.dtype, pd.StringDtype):
        texts = series.fillna("") if series.hasnans else series
    else:
        texts = pd.Series([cell_text(value) for value in series.array], index=series.index, dtype="str")
    return texts if texts.dtype == "str" else texts.astype("str")
