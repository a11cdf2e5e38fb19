"""Tables for a terminal of 80 columns, in which names are shortened and numbers never cut."""

from __future__ import annotations

from rich import box
from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from pklogistics.report import words

LONGEST_NAME = 60
LONGEST_TEXT = 240
WHOLE_KEY = 18
"""Characters of a name that is kept in one line where it stands first, if no other there is longer."""


class SummaryTable(Table):
    """A table with a title, in which names are shortened, and widened columns of numbers give no way.

    Attributes
    ----------
    in_part : whether a text in it was shortened, or rows were left out
    """

    def __init__(self, title: str, *columns: Column, style: str = "bold") -> None:
        self.in_part = False
        super().__init__(
            *columns,
            title=Text(title, style=style),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            pad_edge=False,
            show_edge=False,
        )
        if self.columns[0].max_width:
            self.columns[0].no_wrap = True

    def row(self, *cells: str | RenderableType) -> None:
        """Add a row; plain text is shown as it stands, whatever brackets it holds."""
        shown = [
            self._text(cell, LONGEST_NAME if column.max_width else LONGEST_TEXT)
            if isinstance(cell, str)
            else cell
            for column, cell in zip(self.columns, cells, strict=True)
        ]
        for column, cell in zip(self.columns, shown, strict=True):
            if column.justify == "right" and isinstance(cell, Text):
                column.min_width = max(column.min_width or 0, cell.cell_len)
        first = shown[0]
        if self.columns[0].max_width and isinstance(first, Text) and first.cell_len > WHOLE_KEY:
            self.columns[0].no_wrap = False
        self.add_row(*shown)

    def _text(self, cell: str, longest: int) -> Text:
        shown = Text(shortened(cell, longest))
        self.in_part |= shown.plain.endswith("…")
        return shown

    def more(self, count: int) -> None:
        """Say how many rows are not shown, if any."""
        if count > 0:
            self.in_part = True
            self.add_row(Text(f"and {count:,} more", style="dim"), *[""] * (len(self.columns) - 1))


def shortened(text: str, longest: int) -> str:
    """Return a text in one line and of a length that leaves room for the others."""
    line = " ".join(words.printable(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def label(name: str, widest: int = 24) -> Column:
    """Return a column of names: they go on in the next line where this one is short."""
    return Column(name, overflow="fold", max_width=widest, min_width=6)


def figure(name: str) -> Column:
    """Return a column of numbers: they are never cut (see `SummaryTable.row`)."""
    return Column(name, justify="right", no_wrap=True)


def sentence(name: str) -> Column:
    """Return a column of words that may go on in the next line."""
    return Column(name, overflow="fold")
