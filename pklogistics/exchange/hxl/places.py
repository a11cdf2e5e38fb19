"""Which site a row of a sheet speaks of: as the user says, by p-code, then by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from pklogistics.exchange.hxl.mapping import mapped
from pklogistics.exchange.hxl.matching import Matches, Unmatched, counted
from pklogistics.exchange.hxl.outcome import SheetSettings
from pklogistics.exchange.hxl.reading import Sheet
from pklogistics.exchange.hxl.sectors import bare
from pklogistics.instance import Mission

LEVELS = ("#loc", "#adm5", "#adm4", "#adm3", "#adm2", "#adm1")


def code_columns(sheet: Sheet) -> list[pd.Series[str]]:
    """Return the columns of p-codes, the finest level first."""
    found = (sheet.find(f"{level}+code", f"{level}+pcode", f"{level}+v_pcode") for level in LEVELS)
    return [column for column in found if column is not None]


def name_columns(sheet: Sheet) -> list[pd.Series[str]]:
    """Return the columns of place names, the finest level first."""
    found = (sheet.find(f"{level}+name", f"{level}-code-pcode-type") for level in LEVELS)
    return [column for column in found if column is not None]


def sites_of(
    sheet: Sheet, mission: Mission, settings: SheetSettings, matches: Matches, assumed: list[str]
) -> pd.Series[str]:
    """Return the site of each row, ``""`` where the mission has no such place.

    What the user has said of a place comes first; then its p-code, then its name.
    """
    sites = mission.frame("sites")
    columns, names = code_columns(sheet), name_columns(sheet)
    found = _as_said(mapped(settings.mapping, mission, "site"), columns, names, sites, sheet)
    if as_said := int((found != "").sum()):
        assumed.append(f"places: {counted(as_said)} as mapped")
    codes = _by_code(sites)
    for at, column in enumerate(columns):
        more = column.map(bare).map(codes).fillna("")
        if at and (within := (found == "") & (more != "") & (columns[0] != "")).any():
            assumed.append(f"counted at the larger area that they lie in: {counted(int(within.sum()))}")
        found = found.mask(found == "", more)
    by_code = int((found != "").sum()) - as_said
    left = found == ""
    if names and left.any():
        found = found.mask(left, _by_name(names, left, sites, matches))
        by_name = int((found != "").sum()) - by_code - as_said
        assumed.append(f"places: {counted(by_code)} by p-code, {counted(by_name)} by name")
    elif left.any():
        _tell_codes(columns, left, matches)
    blank = (found == "") & (pd.concat([*columns, *names], axis=1) == "").all(axis=1)
    if blank.any():
        assumed.append(f"left out: {counted(int(blank.sum()))} without a place")
    return found


def _as_said(
    said: Mapping[str, str],
    codes: list[pd.Series[str]],
    names: list[pd.Series[str]],
    sites: pd.DataFrame,
    sheet: Sheet,
) -> pd.Series[str]:
    """Return the site that the user has said for each row, by its p-code, its name, or "name (larger area)".

    The last is how a name without a match is told, and tells places of one name apart.
    """
    found = pd.Series("", index=sheet.frame.index, dtype="str")
    if not said:
        return found
    texts = [_finest(columns) for columns in (names, codes) if columns]
    if names:
        texts.insert(0, _within(texts[0], _area(names[1:], sites, found.index)))
    for text in texts:
        found = found.mask(found == "", text.map(bare).map(said).fillna("").astype("str"))
    return found


def _finest(columns: list[pd.Series[str]]) -> pd.Series[str]:
    """Return of each row the finest level that is filled: a row that names only a larger area is of that."""
    finest = columns[0]
    for column in columns[1:]:
        finest = finest.where(finest != "", column)
    return finest


def _within(texts: pd.Series[str], area: pd.Series[str]) -> pd.Series[str]:
    """Return names with the larger area behind them, where it is known: "Hilltop (North)"."""
    return texts.where((texts == "") | (area == ""), texts + " (" + area + ")")


def _by_code(sites: pd.DataFrame) -> dict[str, str]:
    """Return the site of each p-code and key; a code that several sites share tells none of them."""
    coded = sites.assign(bare=sites["pcode"].map(bare))
    coded = coded[(coded["bare"] != "") & ~coded["bare"].duplicated(keep=False)]
    keys = {bare(site): site for site in sites["site"]}
    return {**keys, **dict(zip(coded["bare"], coded["site"], strict=True))}


def _by_name(
    names: list[pd.Series[str]], left: pd.Series[bool], sites: pd.DataFrame, matches: Matches
) -> pd.Series[str]:
    """Match by name, in the larger area that the sheet names where the mission knows it as a region."""
    finest = _finest(names)
    area = _area(names[1:], sites, finest.index)
    found = pd.Series("", index=finest.index, dtype="str")
    for each, rows in finest[left & (finest != "")].groupby(area):
        found.update(_in_area(str(each), rows, sites, matches))
    return found


def _area(larger: list[pd.Series[str]], sites: pd.DataFrame, index: pd.Index[int]) -> pd.Series[str]:
    """Return the larger area of each row: of the level that has regions of the mission, else blank."""
    regions = set(sites["region"].map(bare)) - {""}
    for column in larger:
        if column.map(bare).isin(regions).any():
            return column
    return pd.Series("", index=index, dtype="str")


def _in_area(area: str, texts: pd.Series[str], sites: pd.DataFrame, matches: Matches) -> pd.Series[str]:
    """Match names of one larger area; a name that is only near is never looked for in another area.

    Of an area that is no region of the mission (it may be written otherwise) names are taken that are exact.
    """
    region = sites["region"].map(bare)
    here = sites[(region == "") | (region == bare(area))] if area else sites
    exact = here if not area or bare(area) in set(region) else sites
    before = len(matches.found)
    found = matches.match("place", texts, _names(exact), near=_names(here))
    if area:
        told = matches.found[before:]
        matches.found[before:] = [replace(each, name=f"{each.name} ({area})") for each in told]
    return found


def _names(sites: pd.DataFrame) -> list[tuple[str, str]]:
    """Return each site by its name and by its key."""
    shown = sites["name"].where(sites["name"] != "", sites["site"])
    return [*zip(shown, sites["site"], strict=True), *zip(sites["site"], sites["site"], strict=True)]


def _tell_codes(columns: list[pd.Series[str]], left: pd.Series[bool], matches: Matches) -> None:
    codes = columns[0][left]
    for code, rows in codes[codes != ""].value_counts().items():
        matches.found.append(Unmatched("place", str(code), int(rows)))
