"""Workbooks of which nothing is left where writing them fails."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.writer.excel import ExcelWriter


@contextmanager
def new_book(path: Path) -> Iterator[openpyxl.Workbook]:
    """Give a new workbook, sheets of which are written row by row; afterwards it is saved.

    Raises
    ------
    OSError
        If it cannot be saved.
    """
    book = openpyxl.Workbook(write_only=True)
    try:
        yield book
        save_book(book, path)
    except BaseException:
        _discard(book)
        raise


def save_book(book: openpyxl.Workbook, path: Path) -> None:
    """Save a workbook, by way of memory: an archive that met a full disk would fail again when it is closed.

    Raises
    ------
    OSError
        If it cannot be saved.
    """
    memory = io.BytesIO()
    with ZipFile(memory, "w", ZIP_DEFLATED) as archive:  # Closed here, where it can be, whatever happens.
        ExcelWriter(book, archive).save()
    path.write_bytes(memory.getbuffer())


def _discard(book: openpyxl.Workbook) -> None:
    """Close and delete the temporary files that openpyxl keeps for every sheet."""
    for sheet in book.worksheets:
        with suppress(Exception):
            sheet.close()  # The sheets of a write-only workbook have files of their own.
        with suppress(Exception):
            sheet._writer.cleanup()  # type: ignore[attr-defined]
