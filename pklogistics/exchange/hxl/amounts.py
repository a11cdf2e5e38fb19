"""Numbers of people and grades of severity, as sheets write them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pklogistics.exchange.hxl.matching import counted
from pklogistics.exchange.hxl.outcome import SheetSettings
from pklogistics.exchange.hxl.reading import Sheet

HOUSEHOLDS = ("hh", "hhs", "households", "household")
PARTS = ("f", "m", "children", "adults", "elderly", "infants", "adolescents", "disabled", "girls", "boys")
SEVERITY_WORDS = {
    **{"minimal": 1, "none": 1, "lowest": 1, "stressed": 2, "stress": 2, "low": 2, "light": 2},
    **{"crisis": 3, "moderate": 3, "medium": 3, "severe": 3, "emergency": 4, "high": 4, "extreme": 4},
    **{"catastrophe": 5, "catastrophic": 5, "famine": 5, "highest": 5, "very high": 5},
}
"""Words for phases (IPC) and grades, and the grade of the five that each is nearest to."""


def people_of(
    sheet: Sheet, tags: Sequence[str], settings: SheetSettings, assumed: list[str]
) -> pd.Series[float]:
    """Return people per row, NaN where the sheet gives no number; the first tag that it has is taken.

    Of several columns of one tag that of all people is taken; only where there are none but parts by sex,
    both are added. Households become people.
    """
    for tag in tags:
        at = [n for n, column in enumerate(sheet.columns) if column.tag == tag]
        if at:
            return _counted(sheet, tag, at, settings, assumed)
    if settings.people is None:
        assumed.append(f"the sheet has no column of people ({', '.join(tags)})")
        return pd.Series(np.nan, index=sheet.frame.index)
    assumed.append(f"the sheet has no column of people: every row stands for {settings.people:g}")
    return pd.Series(float(settings.people), index=sheet.frame.index)


def _counted(
    sheet: Sheet, tag: str, at: list[int], settings: SheetSettings, assumed: list[str]
) -> pd.Series[float]:
    attributes = {n: set(sheet.columns[n].attributes) for n in at}
    whole = [n for n in at if not attributes[n] & set(PARTS)]
    persons = [n for n in whole if not attributes[n] & set(HOUSEHOLDS)]
    taken = (persons or whole or at)[:1]
    if not whole:
        taken = [n for n in at if attributes[n] & {"f", "m"} and len(attributes[n] & set(PARTS)) == 1] or at
        assumed.append(f"people are the sum of {', '.join(sheet.columns[n].display_tag for n in taken)}")
    elif len(at) > 1:
        assumed.append(f"people are taken from {sheet.columns[taken[0]].display_tag}, the first of {len(at)}")
    else:
        assumed.append(f"people are taken from {sheet.columns[taken[0]].display_tag}")
    total = pd.concat([numbers(sheet.frame[n], assumed) for n in taken], axis=1).sum(axis=1, min_count=1)
    if attributes[taken[0]] & set(HOUSEHOLDS):
        assumed.append(f"households are counted as {settings.household:g} people each")
        total = total * settings.household
    if settings.people is not None and total.isna().any():
        assumed.append(f"{counted(int(total.isna().sum()))} without people: {settings.people:g} for each")
        total = total.fillna(settings.people)
    return total


def numbers(cells: pd.Series[str], assumed: list[str]) -> pd.Series[float]:
    """Return cells as numbers of at least 0, NaN where they are blank or none; what is none is told."""
    plain = cells.str.replace(r"(?<=\d)[,\s'\u00a0](?=\d{3})", "", regex=True)
    values = pd.to_numeric(plain, errors="coerce").astype("float64")
    values = values.mask(~np.isfinite(values) | (values < 0))
    wrong = values.isna() & (cells != "")
    if wrong.any():
        some = ", ".join(f"'{text}'" for text in cells[wrong].unique()[:5])
        rows = ", ".join(str(row) for row in cells.index[wrong][:5])
        what = counted(int(wrong.sum()), "cell")
        assumed.append(f"{what} not a number, taken as blank: {some} (first in rows {rows})")
    return values


def severity_of(sheet: Sheet, settings: SheetSettings, assumed: list[str]) -> pd.Series[float]:
    """Return the severity of each row, 1 to 5, NaN where the sheet has none."""
    cells = sheet.find("#severity+num", "#severity", "#indicator+severity")
    if cells is None:
        assumed.append("the sheet has no #severity: needs are not graded, factor 1")
        return pd.Series(np.nan, index=sheet.frame.index)
    words = cells.str.casefold().map(SEVERITY_WORDS)
    scaled = pd.to_numeric(cells, errors="coerce") * 5.0 / settings.severity_scale
    values = words.astype("float64").fillna(np.ceil(scaled - 1e-9)).clip(1, 5)
    if words.notna().any():
        pairs = dict(zip(cells[words.notna()], words[words.notna()].astype(int), strict=True))
        assumed.append("severity: " + ", ".join(f"'{word}' is {grade}" for word, grade in pairs.items()))
    if settings.severity_scale != 5:
        assumed.append(f"severity up to {settings.severity_scale:g} is brought to 1 to 5, rounded up")
    lost = values.isna() & (cells != "")
    if lost.any():
        some = ", ".join(f"'{text}'" for text in cells[lost].unique()[:5])
        assumed.append(f"severity not understood and left blank in {counted(int(lost.sum()))}: {some}")
    return values
