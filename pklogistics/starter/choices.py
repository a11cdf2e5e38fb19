"""Drop-down lists and limits of the cells of a template."""

from __future__ import annotations

from typing import Literal

import openpyxl
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from pklogistics.instance.column_words import values_of
from pklogistics.instance.row import Reference
from pklogistics.instance.schema import TABLES, Column, Table

LISTS = "lists"
LAST_ROW = 5_000
"""Rows for which lists are offered; a template with more rows is filled by other means."""

NAMES = 2_000
"""Names that a list can offer."""


def add_choices(book: openpyxl.Workbook, table: Table) -> None:
    """Offer names of other sheets, choices and limits in the cells of a sheet.

    A name that is not there yet is doubted and not refused, because tables are filled in any order.
    """
    sheet = book[table.name]
    for at, column in enumerate(table.columns, start=1):
        rule = _rule(column, book)
        if rule is None:
            continue
        letter = get_column_letter(at)
        rule.allow_blank = True
        rule.showErrorMessage = True
        rule.errorTitle = f"{table.name}: {column.name}"
        rule.error = f"Expected: {values_of(column)}."[:255]
        if column.unit:
            rule.showInputMessage = True
            rule.promptTitle, rule.prompt = column.name[:32], column.unit
        rule.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.add_data_validation(rule)


def _rule(column: Column, book: openpyxl.Workbook) -> DataValidation | None:
    if column.kind == "names":
        return None
    if column.reference is not None:
        source = _names(column.reference, book)
        return None if source is None else DataValidation("list", formula1=source, errorStyle="warning")
    if column.choices or column.kind == "bool":
        words = ",".join(column.choices or ("yes", "no"))
        return DataValidation("list", formula1=f'"{words}"', errorStyle="stop")
    return _limits(column) if column.is_number else None


def _limits(column: Column) -> DataValidation:
    """Return the limits of a number; one without any is a number all the same."""
    kind: Literal["whole", "decimal"] = "whole" if column.kind == "int" else "decimal"
    low = column.minimum if column.minimum is not None else column.above
    if low is None:
        return DataValidation(
            kind, operator="greaterThanOrEqual", formula1="-1000000000000", errorStyle="stop"
        )
    if column.maximum is not None:
        return DataValidation(
            kind, operator="between", formula1=f"{low:g}", formula2=f"{column.maximum:g}", errorStyle="stop"
        )
    operator: Literal["greaterThan", "greaterThanOrEqual"]
    operator = "greaterThan" if column.above is not None else "greaterThanOrEqual"
    return DataValidation(kind, operator=operator, formula1=f"{low:g}", errorStyle="stop")


def _names(reference: Reference, book: openpyxl.Workbook) -> str | None:
    """Return the cells whose names a column may hold; those of two sheets stand together in ``lists``."""
    there = [target for target in reference.targets if target.table in book.sheetnames]
    if not there:
        return None
    return f"{LISTS}!$A$2:$A${NAMES}" if len(there) > 1 else _cells(there[0])


def _cells(target: Reference) -> str:
    at = [column.name for column in TABLES[target.table].columns].index(target.column) + 1
    letter = get_column_letter(at)
    return f"{quote_sheetname(target.table)}!${letter}$2:${letter}${NAMES}"


def add_places(book: openpyxl.Workbook) -> None:
    """Write the sheet of places: all depots, then all sites, whatever is added to their sheets later."""
    if "depots" not in book.sheetnames:
        return
    sheet = book.create_sheet(LISTS)
    sheet["A1"] = "places"
    depots, sites = (
        _cells(Reference(table, column)) for table, column in (("depots", "depot"), ("sites", "site"))
    )
    for row in range(2, NAMES + 1):
        nth, first = "ROW()-1", f"COUNTA({depots})"
        of_sites = f'IF({nth}-{first}<=COUNTA({sites}),INDEX({sites},{nth}-{first}),"")'
        sheet[f"A{row}"] = f"=IF({nth}<={first},INDEX({depots},{nth}),{of_sites})"
