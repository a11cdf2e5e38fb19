"""A plan as a 4W: who does what where and when, for how many people and how much money, with HXL hashtags.

A row is an organisation's service by one modality at one site in one period. libhxl validates the sheet
against its own schema before it is written.
"""

from __future__ import annotations

import csv
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from pklogistics.errors import PlanError
from pklogistics.exchange.hxl.library import libhxl
from pklogistics.instance import Mission
from pklogistics.instance.inert import all_inert
from pklogistics.instance.naming import names_of
from pklogistics.plan import Plan
from pklogistics.plan.whole import written_whole

COLUMNS = (
    ("Organisation", "#org+name+impl", "text"),
    ("Organisation code", "#org+code+impl", "text"),
    ("Organisation type", "#org+type+impl", "text"),
    ("Funded by", "#org+name+funder", "text"),
    ("Sector", "#sector+name", "text"),
    ("Activity", "#activity+name", "text"),
    ("Activity code", "#activity+code", "text"),
    ("Modality", "#modality", "text"),
    ("Region", "#adm1+name", "text"),
    ("P-code", "#loc+code", "text"),
    ("Site", "#loc+name", "text"),
    ("Latitude", "#geo+lat", "float"),
    ("Longitude", "#geo+lon", "float"),
    ("Status", "#status", "text"),
    ("Period", "#meta+period", "int"),
    ("Start", "#date+start", "text"),
    ("End", "#date+end", "text"),
    ("People in need", "#inneed", "float"),
    ("People to be reached", "#targeted", "float"),
    ("Cost", "#value+planned", "float"),
    ("Currency", "#currency", "text"),
)
"""Header, hashtags and kind of each column."""

KEYS = ["organisation", "activity", "site", "modality", "period"]


def table_4w(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return a plan as a 4W table, columns by their headers; raises `NoPlanError` if nothing was found."""
    service = plan.tables["service"]
    rows = service[service["organisation"] != ""].groupby(KEYS, sort=True, as_index=False)["people"].sum()
    rows = rows.merge(_money(mission, plan), on=["organisation", "activity", "site", "period"], how="left")
    # Where an organisation serves by two modalities, what it costs there is told once, with the first.
    again = rows.duplicated(["organisation", "activity", "site", "period"])
    rows["amount"] = rows["amount"].mask(again)
    sites = mission.frame("sites").set_index("site")
    at = sites.reindex(rows["site"]).reset_index()
    who = mission.frame("organisations").set_index("organisation").reindex(rows["organisation"]).reset_index()
    what = mission.frame("activities").set_index("activity").reindex(rows["activity"]).reset_index()
    need = mission.by_period("needs").groupby(["site", "activity", "period"])["people"].sum()
    begin, end = _dates(mission, rows["period"])
    made = {
        "Organisation": who["name"].where(who["name"] != "", rows["organisation"]),
        "Organisation code": rows["organisation"],
        "Organisation type": who["kind"],
        "Funded by": rows["donors"].fillna(""),
        "Sector": what["sector"],
        "Activity": what["name"].where(what["name"] != "", rows["activity"]),
        "Activity code": rows["activity"],
        "Modality": rows["modality"],
        "Region": at["region"],
        "P-code": at["pcode"].where(at["pcode"] != "", rows["site"]),
        "Site": at["name"].where(at["name"] != "", rows["site"]),
        "Latitude": at["latitude"],
        "Longitude": at["longitude"],
        "Status": pd.Series("planned", index=rows.index),
        "Period": rows["period"],
        "Start": begin,
        "End": end,
        "People in need": need.reindex(
            pd.MultiIndex.from_frame(rows[["site", "activity", "period"]])
        ).to_numpy(),
        "People to be reached": rows["people"].round(6),
        "Cost": rows["amount"].round(2),
        "Currency": pd.Series(plan.currency, index=rows.index),
    }
    return pd.DataFrame(made, columns=[header for header, _, _ in COLUMNS])


def _money(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return what services cost and which donors pay, by organisation, activity, site and period."""
    keys = ["organisation", "activity", "site", "period"]
    costs = plan.tables["costs"]
    amount = costs[costs["organisation"] != ""].groupby(keys, as_index=False)["amount"].sum()
    donors = dict(plan.tables["funds"][["fund", "donor"]].itertuples(index=False, name=None))
    paid = plan.tables["payments"]
    paid = paid[(paid["organisation"] != "") & (paid["amount"] > 0)]
    called = names_of(mission, "fund")
    paid = paid.assign(donor=paid["fund"].map(lambda fund: donors.get(fund) or called.get(fund, fund)))
    names = paid.drop_duplicates([*keys, "donor"]).groupby(keys)["donor"].agg("; ".join).rename("donors")
    return pd.DataFrame(amount.merge(names.reset_index(), on=keys, how="left"))


def _dates(mission: Mission, period: pd.Series[int]) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return the first and last day of each period, blank where the mission has no start."""
    start, days = mission.header.start, mission.header.period_days
    if start is None:
        return pd.Series("", index=period.index), pd.Series("", index=period.index)
    first = {n: _day(start, (n - 1) * days) for n in range(1, mission.T + 2)}
    last = {n: _day(date.fromisoformat(first[n + 1]), -1) for n in range(1, mission.T + 1)}
    return period.map(first), period.map(last)


def _day(start: date, days: float) -> str:
    return (start + timedelta(days=int(days))).isoformat()


def export_4w(mission: Mission, plan: Plan, path: str | os.PathLike[str]) -> pd.DataFrame:
    """Write a plan as a 4W to a CSV file or, if the path ends in .xlsx, to a workbook; return the table.

    It is written beside its place and renamed. Text stays text, whatever it begins with: in a CSV file an
    apostrophe stands before what a spreadsheet would run as a formula.

    Raises
    ------
    NoPlanError
        If nothing was found.
    PlanError
        If libhxl finds an error in the sheet, or the file cannot be written.
    """
    table = table_4w(mission, plan)
    problems = errors_of(table)
    if problems:
        raise PlanError(f"the 4W is not valid HXL: {'; '.join(problems[:3])}")
    target = Path(path)
    try:
        with written_whole(target) as fresh:
            (_workbook if target.suffix.lower() == ".xlsx" else _csv)(table, fresh)
    except OSError as error:
        raise PlanError(f"the 4W cannot be written to {path}: {error.strerror or error}") from error
    return table


def errors_of(table: pd.DataFrame) -> list[str]:
    """Return the errors that libhxl finds in a 4W by its own schema."""
    hxl = libhxl()
    data = hxl.data([*_head(), *_lines(table)])
    found = hxl.validation.validate(data, hxl.schema())["issues"]
    return [
        f"{issue['tag_pattern']}: {issue['description']} ({issue['location_count']} cells)"
        for issue in found
        if issue["severity"] == "error"
    ]


def _head() -> list[list[str]]:
    return [[header for header, _, _ in COLUMNS], [tags for _, tags, _ in COLUMNS]]


def _lines(table: pd.DataFrame) -> list[list[str]]:
    """Return the rows as text; whole numbers without a point, blanks as nothing."""
    from pklogistics.plan.cells import column_texts

    kinds: dict[str, Any] = {header: kind for header, _, kind in COLUMNS}
    columns = [column_texts(kinds[name], table[name]) for name in table.columns]
    return [list(line) for line in zip(*columns, strict=True)]


def _csv(table: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerows([*_head(), *(all_inert(line) for line in _lines(table))])


def _workbook(table: pd.DataFrame, path: Path) -> None:
    from pklogistics.instance.books import new_book
    from pklogistics.plan.sheets import Look, Number, write_sheet

    numbers = [kind != "text" for _, _, kind in COLUMNS]
    head, tags = _head()
    lines = [
        [Number(cell) if number else cell for cell, number in zip(line, numbers, strict=True)]
        for line in _lines(table)
    ]
    looks = [Look("#,##0.##", 14) if number else Look() for number in numbers]
    with new_book(path) as book:
        write_sheet(book, "4w", head, [tags, *lines], looks)
