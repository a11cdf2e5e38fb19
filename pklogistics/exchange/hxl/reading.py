"""Reading a sheet by its HXL hashtags, through libhxl.

Sheets without hashtags are read by tags given for their headers: ``"P-code=#adm2+code"``. The network is
never asked: only files that exist are opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pklogistics.errors import OptionsError
from pklogistics.exchange.errors import FormatError, refusal
from pklogistics.exchange.hxl.library import libhxl
from pklogistics.instance.findings import Findings
from pklogistics.instance.folder import decoded
from pklogistics.instance.inert import all_as_meant
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.wording import quoted

BLANK = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
"""What stands in cells that say nothing."""


PLAIN, WORKBOOKS = (".csv", ".tsv", ".txt"), (".xlsx", ".xls")

EXPECTED = {"organisations": "#org", "places": "#adm1 to #adm5 or #loc", "sectors": "#sector or #activity"}
"""The hashtags that tell it, by what a sheet may lack."""


@dataclass(frozen=True)
class SheetOptions:
    """How a sheet is to be read.

    Attributes
    ----------
    tags : tuple of str
        Hashtags of headers, ``"header=#tag+attribute"``, for sheets without them.
    rows : tuple of str
        Queries of libhxl that rows must meet, all of them: ``"#status!=cancelled"``.
    sheet : int, optional
        Which sheet of a workbook, from 1; None: the first with hashtags, else the first.
    """

    tags: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    sheet: int | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet as text: ``frame`` has a column per position, and the row numbers of the file as its index.

    ``filled`` is how many blank cells took the text of the merged cells that they are part of.
    """

    file: str
    columns: Sequence[Any]
    frame: pd.DataFrame
    filled: int = 0

    def find(self, *patterns: str) -> pd.Series[str] | None:
        """Return the first column that meets a pattern, the patterns tried in order; None if none does."""
        position = self.position(*patterns)
        return None if position is None else self.frame[position]

    def position(self, *patterns: str) -> int | None:
        """Return the position of the first column that meets a pattern; a pattern is ``#tag+has-has_not``."""

        for pattern in patterns:
            wanted = libhxl().model.TagPattern.parse(pattern)
            for at, column in enumerate(self.columns):
                if wanted.match(column):
                    return at
        return None

    def lacks(self, what: str) -> FormatError:
        """Return the error for a sheet without columns of organisations, places or sectors."""
        return refusal(self.file, f"has no column of {what}; expected {EXPECTED[what]}, found {self.tags}")

    @property
    def assumed(self) -> list[str]:
        """What was assumed in reading it."""
        if not self.filled:
            return []
        one = "1 cell is part of a merged one, and says what that says"
        return [
            one
            if self.filled == 1
            else f"{self.filled:,} cells are part of merged ones, and say what those say"
        ]

    @property
    def tags(self) -> str:
        """The hashtags that the sheet has, for messages."""
        return ", ".join(column.display_tag for column in self.columns if column.tag) or "none"


def read_sheet(path: Path, options: SheetOptions) -> Sheet:
    """Read a CSV file or a workbook.

    Raises
    ------
    FormatError
        If the file cannot be read, has no hashtags and none are given, or no row is left.
    OptionsError
        If a tag or a query does not make sense, or names a header that is not there.
    """
    if path.suffix.lower() in PLAIN:
        _refuse_no_text(path)
    workbook = path.suffix.lower() in WORKBOOKS
    columns, frame = _rows(path, options, merged=workbook)
    if not len(frame):
        why = (
            f"meets {' and '.join(map(quoted, options.rows))}: change --rows"
            if options.rows
            else "follows its tags"
        )
        raise refusal(path.name, f"has no row that {why}")
    if not workbook:
        return Sheet(path.name, columns, frame)
    single = _rows(path, replace(options, rows=()))[1].reindex(frame.index, fill_value="")
    repeated = (frame != "") & (single == "")
    # A number stands for all the rows that it is merged over: repeated, it would be counted again in each.
    again = repeated & frame.apply(_are_numbers)
    return Sheet(path.name, columns, frame.mask(again, ""), int((repeated & ~again).to_numpy().sum()))


def _are_numbers(cells: pd.Series[str]) -> pd.Series[bool]:
    return pd.to_numeric(cells.str.replace(r"[,\s%]", "", regex=True), errors="coerce").notna()


def _refuse_no_text(path: Path) -> None:
    """Refuse a file that is no text in UTF-8, or nothing, with the place where that shows."""
    findings = Findings()
    try:
        text = decoded(path.read_bytes(), path.name, findings, table=True)
    except OSError as error:
        raise refusal(path.name, f"cannot be read: {error.strerror or error}") from error
    if text is None:
        raise refusal(path.name, findings.errors[0].message, findings.errors[0].row)
    if not text.strip():
        raise refusal(path.name, "is empty")
    if "\n" not in text and "\r" in text:
        raise refusal(path.name, "has lines that end as on old Macs (CR); save it as 'CSV UTF-8'")


def _rows(path: Path, options: SheetOptions, *, merged: bool = False) -> tuple[list[Any], pd.DataFrame]:
    """Return the columns of a sheet and the rows that meet the queries; ``merged`` cells are repeated."""
    hxl = libhxl()
    index = None if options.sheet is None else options.sheet - 1
    reading = hxl.InputOptions(allow_local=True, sheet_index=index, expand_merged=merged)
    place = str(path.absolute())
    try:
        if options.tags:
            specs = _specs(options.tags, _headers(place, reading))
            data = hxl.data(hxl.tagger(place, specs, reading, match_all=True))
        else:
            data = hxl.data(place, reading)
        columns = list(data.columns)
        queries = [_query(query) for query in options.rows]
        numbered = ((row.source_row_number, row) for row in data)
        found = [(n, list(row.values)) for n, row in numbered if all(q.match_row(row) for q in queries)]
    except hxl.input.HXLTagsNotFoundException:
        headers = ", ".join(name for name in _headers(place, reading) if name)
        step = f"give them: --tags 'HEADER=#tag, ...'; its headers are {headers or 'blank'}"
        raise refusal(path.name, f"has no HXL hashtags in its first rows; {step}") from None
    except OptionsError:
        raise
    except hxl.input.HXLHTMLException as error:
        raise refusal(path.name, "is a web page and not a table; save the table itself") from error
    except hxl.HXLException as error:
        raise refusal(path.name, f"cannot be read as a table with HXL hashtags: {error.message}") from error
    except Exception as error:  # Whatever the readers of workbooks raise on a file that is damaged.
        raise refusal(path.name, f"cannot be read as a table with HXL hashtags: {error}") from error
    return columns, _frame(found, len(columns), plain=path.suffix.lower() not in WORKBOOKS)


def _frame(found: list[tuple[int, list[Any]]], width: int, *, plain: bool) -> pd.DataFrame:
    """Return the cells as text without blanks round them; what says nothing is blank.

    In a plain file an apostrophe before what would be a formula is no part of the text.
    """
    cells = [(values + [""] * width)[:width] for _, values in found]
    # libhxl counts rows from 0; people count them from 1.
    frame = pd.DataFrame(
        cells, index=[(row or 0) + 1 for row, _ in found], columns=range(width), dtype=object
    )
    texts = frame.map(lambda value: " ".join(str("" if value is None else value).split())).astype("str")
    if plain:
        texts = all_as_meant(texts)
    return texts.mask(texts.apply(lambda column: column.str.casefold().isin(list(BLANK))), "")


def _headers(place: str, reading: Any) -> list[str]:
    """Return the cells of the first row that has at least two; a title that is merged over several is one."""
    hxl = libhxl()

    with hxl.make_input(place, reading) as source:
        for row in source:
            names = [" ".join(str("" if cell is None else cell).split()) for cell in row]
            if len({name for name in names if name}) > 1:
                return names
    return []


def _specs(tags: Iterable[str], headers: Sequence[str]) -> list[tuple[str, str]]:

    known = {name.casefold(): name for name in headers if name}
    specs = []
    for each in tags:
        header, equals, tag = each.rpartition("=")
        header, tag = header.strip(), tag.strip()
        if not equals or not header or not libhxl().model.TagPattern.parse_list(tag):
            raise OptionsError(f"{quoted(each)} is no tag for a header; write HEADER=#tag+attribute")
        if header.casefold() not in known:
            near = did_you_mean(header, known.values()) or f"; the headers are {', '.join(known.values())}"
            raise OptionsError(f"the sheet has no header {quoted(header)}{near}")
        specs.append((known[header.casefold()], tag))
    return specs


def _query(text: str) -> Any:
    hxl = libhxl()

    try:
        return hxl.model.RowQuery.parse(text)
    except (hxl.HXLException, LookupError, ValueError, AttributeError, TypeError) as error:
        raise OptionsError(f"{quoted(text)} selects no rows; write #tag=value or #tag!=value") from error
