"""Who duplicates whom in a 3W/4W sheet, in the words of a mission or in the sheet's own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from pklogistics.exchange.hxl.amounts import HOUSEHOLDS, numbers, people_of
from pklogistics.exchange.hxl.fourw import matched_rows, organisations_column
from pklogistics.exchange.hxl.matching import Matches, Unmatched
from pklogistics.exchange.hxl.outcome import SheetSettings
from pklogistics.exchange.hxl.places import code_columns, name_columns
from pklogistics.exchange.hxl.reading import Sheet, SheetOptions, read_sheet
from pklogistics.exchange.hxl.sectors import sector_of
from pklogistics.instance import Mission
from pklogistics.instance.duplication import Duplication, duplicated

WHO = ["site", "activity", "organisation"]
EACH = frozenset({"unit", "avg", "average", "each", "person", "hh"})
"""Attributes of #value that make it the cost of one person or household, and not of the row."""


def sheet_overlaps(
    path: str | os.PathLike[str],
    mission: Mission | None = None,
    options: SheetOptions | None = None,
    settings: SheetSettings | None = None,
) -> tuple[Duplication, tuple[str, ...], tuple[Unmatched, ...]]:
    """Return what overlaps in a sheet, what was assumed, and the names that the mission does not have.

    Without a mission places and sectors are compared as the sheet writes them, and needs are not known.

    Raises
    ------
    FormatError
        If the sheet cannot be read, or has no column of organisations, places, or sectors or activities.
    OptionsError
        If an option does not fit the sheet or the mission.
    """
    settings = settings or SheetSettings()
    sheet = read_sheet(Path(path), options or SheetOptions())
    assumed = sheet.assumed
    matches = Matches(settings.near)
    needs: pd.DataFrame | None = None
    if mission is None:
        rows = _own_words(sheet, settings, assumed)
        sites = rows[["site", "region"]].drop_duplicates("site")
    else:
        rows = matched_rows(sheet, mission, settings, matches, assumed)
        whole = mission.by_period("needs").groupby(["site", "activity"], as_index=False)
        needs = whole.agg(people=("people", "sum"))
        needs["people"] /= mission.T
        sites = mission.frame("sites")[["site", "region"]]
    rows = rows[(rows[WHO] != "").all(axis=1)]
    rows = rows.assign(value=_value(sheet, rows, settings, assumed))
    summed = rows.groupby(WHO, as_index=False).agg(
        people=("people", lambda people: people.sum(min_count=1)),
        value=("value", lambda value: value.sum(min_count=1)),
    )
    summed["cost_per_person"] = summed["value"] / summed["people"].where(summed["people"] > 0)
    if mission is not None:
        able = mission.frame("capabilities")
        price = able[able["cost_per_person"] > 0].groupby("activity")["cost_per_person"].median()
        summed["cost_per_person"] = summed["cost_per_person"].fillna(summed["activity"].map(price))
    return duplicated(summed, sites, needs), tuple(assumed), tuple(matches.found)


def _own_words(sheet: Sheet, settings: SheetSettings, assumed: list[str]) -> pd.DataFrame:
    """Return the rows with places, sectors and organisations as the sheet writes them."""
    names, codes = name_columns(sheet), code_columns(sheet)
    if not names and not codes:
        raise sheet.lacks("places")
    what = sheet.find("#activity", "#subsector", "#sector+name", "#sector")
    if what is None:
        raise sheet.lacks("sectors")
    shown = (names or codes)[0]
    code = codes[0] if codes else shown
    rows = pd.DataFrame({"site": _told_apart(shown, code), "organisation": organisations_column(sheet)})
    rows["activity"] = what.map(lambda text: sector_of(text) or text)
    larger = names[1] if len(names) > 1 else None
    rows["region"] = "" if larger is None else larger
    rows["people"] = people_of(
        sheet, ("#reached", "#targeted", "#beneficiary", "#affected"), settings, assumed
    )
    assumed.append(
        "needs are not known without a mission (--mission M): a gap is a place where nobody does it"
    )
    return rows


def _told_apart(names: pd.Series[str], codes: pd.Series[str]) -> pd.Series[str]:
    """Return the name of each place, with its code behind it where two places share a name."""
    distinct = pd.DataFrame({"name": names, "code": codes}).drop_duplicates()
    shared = names.isin(distinct.loc[distinct["name"].duplicated(keep=False), "name"]) & (codes != "")
    return names.where(~shared, names + " (" + codes + ")").where(names != "", codes)


def _value(sheet: Sheet, rows: pd.DataFrame, settings: SheetSettings, assumed: list[str]) -> pd.Series[float]:
    """Return the money of each row, NaN where the sheet tells none."""
    at = sheet.position("#value")
    if at is None:
        return pd.Series(np.nan, index=rows.index)
    value = numbers(sheet.frame[at], assumed).reindex(rows.index)
    attributes = set(sheet.columns[at].attributes)
    if not attributes & EACH:
        return value
    counts = next((c for c in sheet.columns if c.tag in ("#reached", "#targeted", "#affected")), None)
    household = (
        counts is not None and bool(set(counts.attributes) & set(HOUSEHOLDS)) and "person" not in attributes
    )
    people = rows["people"]
    assumed.append(
        f"{sheet.columns[at].display_tag} is the cost of one {'household' if household else 'person'}"
    )
    return value * (people / settings.household if household else people)
