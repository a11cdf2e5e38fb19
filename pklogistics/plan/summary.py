"""The first sheet of a plan's workbook: what a head of office wants to know, in one page.

People are averages over the periods (a sum would count one person many times); money is summed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.hyperlink import Hyperlink

from pklogistics.instance.naming import renamed
from pklogistics.plan.changes import made_with
from pklogistics.plan.naming import with_names
from pklogistics.plan.plan import Plan
from pklogistics.plan.sheets import SHARE, TEXT, WHOLE, cell, colour_coverage, fit_to_page, head, set_widths
from pklogistics.plan.tables import MANDATES, TABLES

SUMMARY = "summary"
MOST = 15
"""Rows of the longer lists; the sheets behind hold them all."""

WIDTHS = (26, 36, 22, 14, 14, 14, 14, 60)
LINE = 15.0
"""Height of a line of text, in points."""
FINE = "[>=100]#,##0;#,##0.##"
PERCENT = "0.0%"


@dataclass(frozen=True)
class Block:
    """A small table of the summary; ``coverage`` is the position of its column of shares, if it has one."""

    title: str
    header: tuple[str, ...]
    rows: list[list[Any]]
    formats: tuple[str, ...]
    coverage: int | None = None


def write_summary(plan: Plan, book: openpyxl.Workbook) -> None:
    """Write the sheet ``summary``, which tells names; the sheets behind keep the keys."""
    plan = with_names(plan, plan.names)
    sheet: Any = book.create_sheet(SUMMARY)
    set_widths(sheet, WIDTHS)
    fit_to_page(sheet)
    row = 0
    for text, font in ((plan.mission, Font(bold=True, size=16)), *((t, Font()) for t in _sentences(plan))):
        row += 1
        made = cell(sheet, text)
        if made is not None:
            made.font, made.number_format = font, TEXT
        sheet.append([made])
    for block in _blocks(plan):
        row = _write(sheet, block, row + 1)
    sheet.append([])
    sheet.append([_bold(sheet, "Sheets of this workbook")])
    for name, table in TABLES.items():
        if len(plan.tables[name]):
            sheet.append([_link(sheet, name, row + 3), cell(sheet, table.description)])
            row += 1


def _write(sheet: Any, block: Block, row: int) -> int:
    """Write a block after an empty row; return the number of its last row."""
    sheet.append([])
    sheet.append([_bold(sheet, block.title)])
    sheet.append([head(sheet, *column) for column in zip(block.header, block.formats, strict=True)])
    first = row + 3
    for number, values in enumerate(block.rows, start=first):
        _grow(sheet, number, values, block.formats)
        made = [cell(sheet, _shown(value)) for value in values]
        for each, number_format in zip(made, block.formats, strict=True):
            if each is not None:
                each.number_format = number_format
                text = number_format == TEXT
                # A text that follows a number keeps away from it.
                side = "left" if text else "right"
                each.alignment = Alignment(side, vertical="top", wrap_text=text, indent=int(text))
        sheet.append(made)
    last = first + len(block.rows) - 1
    if block.coverage is not None and block.rows:
        letter = "ABCDEFGH"[block.coverage]
        colour_coverage(sheet, f"{letter}{first}:{letter}{last}")
    return last


def _grow(sheet: Any, row: int, values: Sequence[Any], formats: Sequence[str]) -> None:
    """Make a row as high as its wrapped texts ask for: not every spreadsheet does so when it opens a file."""
    texts = zip(values, formats, WIDTHS, strict=False)
    widths = [(len(str(text)), width - 3) for text, kind, width in texts if kind == TEXT]
    lines = max((math.ceil(length / width) for length, width in widths), default=1)
    if lines > 1:
        sheet.row_dimensions[row].height = LINE * lines


def _shown(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _bold(sheet: Any, text: str) -> Any:
    made = cell(sheet, text)
    made.font = Font(bold=True, size=12)
    return made


def _link(sheet: Any, name: str, row: int) -> Any:
    made = cell(sheet, name)
    made.hyperlink = Hyperlink(ref=f"A{row}", location=f"'{name}'!A1")
    made.font = Font(color="1F4E79", underline="single")
    return made


def _sentences(plan: Plan) -> Iterator[str]:
    """Yield what was found, how sure it is, and what the checker said."""
    ended = {"gap": "proven as asked", "time": "time limit", "interrupted": "interrupted"}
    reason = ended.get(plan.stopped, plan.stopped)
    proven = "Proven best within the gap asked for" if plan.status == "optimal" else "A plan, not proven best"
    yield f"{proven} (the search ended: {reason})."
    if plan.changes:
        yield made_with(plan)
    if plan.violations is None:
        yield "This plan was not checked."
    elif plan.violations:
        yield f"The independent check found violations ({len(plan.violations):,}): see sheet violations."
    else:
        yield "Checked independently: every rule, cost and tier holds."


def _blocks(plan: Plan) -> Iterator[Block]:
    periods = max(1, int(plan.tables["coverage"]["period"].max())) if len(plan.tables["coverage"]) else 1
    yield Block(
        "How sure it is (no plan is better than the bound)",
        ("Tier", "Value", "Bound", "Gap"),
        [[tier.name, tier.value, tier.bound, tier.gap] for tier in plan.tiers],
        (TEXT, FINE, FINE, PERCENT),
    )
    yield _reached(plan, periods)
    yield from _money(plan)
    yield from _troops(plan)
    broken = plan.tables["broken"]
    if len(broken):
        places = broken[["organisation", "unit", "site", "region", "activity", "sector"]].to_numpy().tolist()
        where = [", ".join(filter(None, place)) for place in places]
        told = broken.assign(mandate=renamed(broken["rule"], MANDATES), where=where)
        yield _largest(
            "Mandates not kept", told, "amount", ("mandate", "where", "period", "amount", "measure")
        )
    short = plan.tables["shortfalls"]
    if len(short):
        keys = ("site", "activity", "sector", "period", "severity", "unmet", "weighted", "reason")
        yield _largest("Largest shortfalls (people)", short, "weighted", keys)


def _reached(plan: Plan, periods: int) -> Block:
    people = ["people", "covered_by_others", "served", "unmet"]
    sums = plan.tables["coverage"].groupby("sector", sort=False)[people].sum()
    if len(sums) > 1:
        sums.loc["all sectors"] = sums.sum()
    share = 1.0 - sums["unmet"] / sums["people"].where(sums["people"] > 0)
    rows = (sums / periods).assign(share=share).reset_index()
    average = f", average of {periods} periods" if periods > 1 else ""
    header = ("Sector", "In need", "By others", "Served", "Unmet", "Covered")
    return Block(
        f"Who is reached (people{average})", header, _lists(rows), (TEXT, *[WHOLE] * 4, SHARE), coverage=5
    )


def _money(plan: Plan) -> Iterator[Block]:
    funds = plan.tables["funds"]
    if len(funds):
        used = funds["paid"] / funds["amount"].where(funds["amount"] > 0)
        rows = _lists(funds.assign(used=used))
        header = ("Fund", "Donor", "Amount", "Paid", "Left", "Used")
        yield Block(f"Money by fund ({plan.currency})", header, rows, (TEXT, TEXT, *[WHOLE] * 3, SHARE))
    costs = plan.tables["costs"].groupby("kind_of_cost", sort=False)["amount"].sum()
    costs = costs[costs > 0].sort_values(ascending=False)
    if len(costs):
        costs.loc["all costs"] = costs.sum()
        yield Block(
            f"What it costs ({plan.currency})", ("Kind", "Amount"), _lists(costs.reset_index()), (TEXT, WHOLE)
        )


def _troops(plan: Plan) -> Iterator[Block]:
    stationed = plan.tables["stationing"]
    if stationed.empty:
        return
    last = stationed["period"].max()
    now = stationed[(stationed["period"] == last) & (stationed["count"] > 0)]
    now = now.groupby(["site", "unit"], sort=False, as_index=False)[["count", "persons"]].sum()
    now = now.assign(units=now["count"].map("{:,.0f}".format) + " × " + now["unit"])
    rows = now.groupby("site", sort=False).agg(units=("units", ", ".join), persons=("persons", "sum"))
    header = ("Site", "Units", "Persons")
    yield Block(
        f"Troops and police in period {last}", header, _lists(rows.reset_index()), (TEXT, TEXT, WHOLE)
    )


def _largest(title: str, table: pd.DataFrame, by: str, columns: Sequence[str]) -> Block:
    rows = table.sort_values(by, ascending=False, kind="stable").head(MOST)[list(columns)]
    more = f", the first {MOST} of {len(table):,} rows" if len(table) > MOST else ""
    formats = tuple(WHOLE if rows[name].dtype.kind in "if" else TEXT for name in columns)
    return Block(f"{title}{more}", tuple(name.capitalize() for name in columns), _lists(rows), formats)


def _lists(frame: pd.DataFrame) -> list[list[Any]]:
    listed: list[list[Any]] = frame.astype(object).to_numpy().tolist()
    return listed
