"""Reading the text files of others: every place and reason told where they are not what they should be."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from pklogistics.exchange.errors import FormatError, refusal
from pklogistics.instance.findings import Findings, Place
from pklogistics.instance.names import did_you_mean, misspells
from pklogistics.instance.wording import quoted


def read_text(path: Path, shown: str) -> str:
    """Return a file's text (UTF-8, with or without a byte order mark), unpacked if it ends in ``.gz``.

    Parameters
    ----------
    shown
        How messages name the file.

    Raises
    ------
    FormatError
        If it cannot be read.
    """
    try:
        packed = path.read_bytes()
        text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8-sig")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        raise refusal(shown, f"is missing{near_name(path)}") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise refusal(shown, f"cannot be unpacked: {error}; unpack it by hand, or fetch it again") from None
    except UnicodeDecodeError:
        raise refusal(shown, "is not a text file in UTF-8; save it as text in UTF-8") from None
    except OSError as error:
        raise refusal(shown, f"cannot be read: {error.strerror or error}") from error


def read_lines(path: Path, shown: str) -> list[list[str]]:
    """Return the cells of a file separated by commas, row by row, without blanks round them.

    Position 0 is row 1. A blank row has no cells; blank rows at the end are left out.

    Raises
    ------
    FormatError
        If the file cannot be read.
    """
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(read_text(path, shown), newline=""), strict=True)
        ]
    except csv.Error as error:
        raise refusal(shown, f"is not a table separated by commas: {error}") from None
    rows = [row if any(row) else [] for row in rows]
    while rows and not rows[-1]:
        del rows[-1]
    return rows


def read_table(
    folder: Path,
    file: str,
    texts: Sequence[str],
    numbers: Mapping[str, float] | None = None,
    blanks: Sequence[str] = (),
) -> pd.DataFrame:
    """Read columns of a table with a header row.

    Parameters
    ----------
    file
        Path within the folder, and how messages name it.
    texts
        Columns that are read as text.
    numbers
        Columns that are read as numbers, and the least that each may hold.
    blanks
        Columns of numbers whose cells may be blank; NaN then.

    Returns
    -------
    DataFrame
        Labelled by the row numbers of the file: the header is row 1.

    Raises
    ------
    FormatError
        If the file cannot be read, a column is missing or stands twice, or cells hold no such numbers.
    """
    least = numbers or {}
    findings = Findings()
    frame = _cells(folder, file, (*texts, *least))
    for name, low in least.items():
        frame[name] = _numbers(frame[name], low, name in blanks, file, findings)
    _raise(findings)
    return frame


def _cells(folder: Path, file: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return columns of a table as text, labelled by the row numbers of the file; without blank rows."""
    rows = read_lines(folder / file, file)
    header = rows[0] if rows else []
    findings = Findings()
    for name in columns:
        if name not in header:
            findings.error(file, f"column '{name}' is missing{did_you_mean(name, header)}", 1, name)
        elif header.count(name) > 1:
            findings.error(file, f"column '{name}' stands twice; keep one", 1, name)
    # A row may end early, as spreadsheets leave it, but cells beyond the header have no meaning.
    for row in [at for at, cells in enumerate(rows, start=1) if len(cells) > len(header)]:
        findings.error(file, f"has {len(rows[row - 1])} cells where the header has {len(header)}", row)
    _raise(findings)
    filled = {at: cells for at, cells in enumerate(rows[1:], start=2) if cells}
    padded = {at: cells + [""] * (len(header) - len(cells)) for at, cells in filled.items()}
    frame = pd.DataFrame.from_dict(padded, orient="index", columns=header, dtype=object)
    return frame[list(columns)].astype("str")


def refuse_rows(frame: pd.DataFrame, file: str, column: str, message: str) -> None:
    """Raise `FormatError` for the rows of a table, labelled as `read_table` does, if there are any.

    Parameters
    ----------
    message
        What is wrong; ``{}`` stands for the value.
    """
    findings = Findings()
    values = frame[column].astype("str")
    place = Place(file, frame.index.to_numpy(dtype=np.int64))
    findings.at_rows(place, np.arange(len(frame)), column, partial(_words, values, message))
    _raise(findings)


def _numbers(
    cells: pd.Series[str], low: float, blank: bool, file: str, findings: Findings
) -> pd.Series[float]:
    values = pd.to_numeric(cells, errors="coerce").astype("float64")
    fails = ~(np.isfinite(values) & (values >= low)) & ~(blank & (cells == ""))
    wanted = "a number" if np.isinf(low) else f"a number of {low:g} or more"
    message = f"{cells.name} is {{}}; expected {wanted}"
    place = Place(file, cells.index.to_numpy(dtype=np.int64))
    findings.at_rows(place, np.flatnonzero(fails), str(cells.name), partial(_words, cells, message))
    return values


def _words(cells: pd.Series[str], message: str, at: int) -> tuple[str | None, str]:
    value = str(cells.iloc[at])
    return value, message.replace("{}", quoted(value) if value else "blank")


def _raise(findings: Findings) -> None:
    if findings.problems:
        raise FormatError(findings.problems)


def near_name(path: Path) -> str:
    """Return "; did you mean '…'?" of a file that is not there and of one beside it; else ""."""
    try:
        near = misspells(path.name, [each.name for each in path.parent.iterdir()])
    except OSError:
        return ""
    return "" if near is None else f"; did you mean '{near}'?"
