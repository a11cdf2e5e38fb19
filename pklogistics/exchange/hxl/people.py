"""People in need, by area and sector: the sheets of humanitarian needs overviews.

Without a mission the sheet makes one: a site for each place, an activity for each sector, and the needs;
organisations and what they can do are for the user to add.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from pklogistics.exchange.errors import refusal
from pklogistics.exchange.hxl.activities import activities_of
from pklogistics.exchange.hxl.amounts import people_of, severity_of
from pklogistics.exchange.hxl.mapping import check_mapping
from pklogistics.exchange.hxl.matching import Matches, counted
from pklogistics.exchange.hxl.outcome import Imported, SheetSettings
from pklogistics.exchange.hxl.places import code_columns, name_columns, sites_of
from pklogistics.exchange.hxl.reading import Sheet, SheetOptions, read_sheet
from pklogistics.exchange.hxl.sectors import is_whole, sector_of
from pklogistics.instance import Mission
from pklogistics.instance.texts import fold

TOTALS = ("total", "all", "overall", "totals")


def import_needs(
    path: str | os.PathLike[str],
    mission: Mission | None = None,
    options: SheetOptions | None = None,
    settings: SheetSettings | None = None,
) -> Imported:
    """Read people in need by area, with severity where the sheet has it.

    Parameters
    ----------
    mission
        Whose needs are replaced where the sheet speaks of the same site and activity; None: a new mission
        with the places and sectors of the sheet.
    options
        How the sheet is read.
    settings
        What the sheet leaves open.

    Raises
    ------
    FormatError
        If the sheet cannot be read, or has neither places nor people.
    OptionsError
        If an option does not fit the sheet or the mission.
    MissionError
        If what comes out contradicts itself.
    """
    settings = settings or SheetSettings()
    place = Path(path)
    sheet = read_sheet(place, options or SheetOptions())
    assumed = sheet.assumed
    sheet = _detailed(_totals(sheet, assumed), assumed)
    rows = len(sheet.frame)
    fresh = mission is None
    if mission is None:
        mission = _begun(sheet, place, settings, assumed)
    check_mapping(settings.mapping, mission)
    matches = Matches(settings.near)
    people = people_of(sheet, ("#inneed", "#affected", "#targeted", "#population"), settings, assumed)
    parts = pd.DataFrame({"site": sites_of(sheet, mission, settings, matches, assumed), "people": people})
    parts["severity"] = severity_of(sheet, settings, assumed)
    parts = _with_activities(parts, sheet, mission, settings, matches, assumed)
    kept = parts[(parts["site"] != "") & (parts["activity"] != "") & parts["people"].notna()]
    if (blank := int(people.isna().sum())) and people.notna().any():
        assumed.append(f"left out: {counted(blank)} without a number of people")
    needs = _summed(kept, assumed)
    if needs.empty:
        raise refusal(sheet.file, "leaves no need: no row has a known place, a known sector and a number")
    merged = needs if fresh else _merged(mission.tables["needs"], needs, assumed)
    result = mission.replace(tables={"needs": merged})
    return Imported(result, rows, int(kept.index.nunique()), tuple(assumed), tuple(matches.found), len(needs))


def _summed(rows: pd.DataFrame, assumed: list[str]) -> pd.DataFrame:
    """Return needs by site and activity.

    Of two names of one sector (all of protection, and general protection) the larger number counts, because
    they count the same people.
    """
    keys = ["site", "activity"]
    by_name = rows.groupby([*keys, "said"], sort=False, as_index=False).agg(
        people=("people", "sum"), severity=("severity", "max")
    )
    several = by_name[by_name.duplicated(keys, keep=False)]
    for activity, said in several.groupby("activity", sort=False)["said"].unique().items():
        assumed.append(f"{activity}: the larger number of {', '.join(map(repr, said))} counts at each place")
    return by_name.groupby(keys, sort=False, as_index=False).agg(
        people=("people", "max"), severity=("severity", "max")
    )


def _with_activities(
    parts: pd.DataFrame,
    sheet: Sheet,
    mission: Mission,
    settings: SheetSettings,
    matches: Matches,
    assumed: list[str],
) -> pd.DataFrame:
    """Add the activity of each row; a sheet without sectors says the same of every activity asked for."""
    if settings.activities and sheet.position("#sector", "#subsector", "#activity") is None:
        known = [fold(name) for name in settings.activities]
        return (
            parts.assign(said="")
            .merge(pd.DataFrame({"activity": known}), how="cross")
            .set_axis(np.repeat(parts.index, len(known)), axis=0)
        )
    said = sheet.find("#activity", "#subsector", "#sector+name", "#sector-code", "#sector")
    parts = parts.assign(said="" if said is None else said)
    return parts.assign(activity=activities_of(sheet, mission, settings, matches, assumed))


def _totals(sheet: Sheet, assumed: list[str]) -> Sheet:
    """Keep, of rows by sex, age or status, those of the total: together they would count people twice."""
    category = sheet.find("#category", "#group", "#population+type", "#affected+type")
    if category is None:
        return sheet
    whole = category.str.casefold().isin(list(TOTALS)) | (category == "")
    if not whole.any():
        assumed.append("categories of people are added up, because the sheet has no row for their total")
        return sheet
    if not whole.all():
        assumed.append(f"left out: {counted(int((~whole).sum()))} that are parts of a total")
    return replace(sheet, frame=sheet.frame[whole])


def _detailed(sheet: Sheet, assumed: list[str]) -> Sheet:
    """Leave out totals of larger areas and of all sectors."""
    places = [*code_columns(sheet), *name_columns(sheet)]
    if not places:
        raise sheet.lacks("places")
    finest = (code_columns(sheet) or name_columns(sheet))[0]
    coarse = (finest == "") if (finest != "").any() else pd.Series(False, index=finest.index)
    if coarse.any():
        assumed.append(f"left out: {counted(int(coarse.sum()))} of larger areas than the others")
    sector = sheet.find("#sector+code", "#sector")
    whole = pd.Series(False, index=finest.index)
    if sector is not None:
        whole = sector.map(is_whole).astype(bool) & ~coarse
    if whole.any():
        assumed.append(f"left out: {counted(int(whole.sum()))} of all sectors together")
    return replace(sheet, frame=sheet.frame[~coarse & ~whole])


def _begun(sheet: Sheet, place: Path, settings: SheetSettings, assumed: list[str]) -> Mission:
    """Return a new mission with the places and sectors of the sheet, each need still 0."""
    codes, names = code_columns(sheet), name_columns(sheet)
    key = codes[0] if codes else names[0]
    shown = names[0] if names else key
    larger = sheet.find("#adm1+name", "#adm1-code", "#adm1+code") if len(codes) + len(names) > 1 else None
    region = names[-1] if len(names) > 1 else larger
    population = sheet.find("#population")
    frame = pd.DataFrame({"site": key, "name": shown, "pcode": codes[0] if codes else ""})
    frame["region"] = "" if region is None else region
    if population is not None:
        frame["population"] = pd.to_numeric(population.str.replace(",", ""), errors="coerce")
    frame["site"] = frame["site"].str.replace(";", ",")
    sites = frame[frame["site"] != ""].drop_duplicates("site", ignore_index=True)
    activities = _activities(sheet, settings)
    if sites.empty or activities.empty:
        raise refusal(sheet.file, "names no place, or no sector: say --set activities='food; health'")
    needs = pd.DataFrame({"site": sites["site"][:1], "activity": activities["activity"][0], "people": 0})
    assumed.append(
        f"a new mission: {counted(len(sites), 'place')}, activities {', '.join(activities['activity'])}"
    )
    header: Mapping[str, object] = {
        "format": 1,
        "name": place.stem,
        "sources": [f"people in need: {place.name}"],
    }
    able = pd.DataFrame({"organisation": [], "activity": []}, dtype="str")
    tables = {"sites": sites, "activities": activities, "needs": needs}
    tables |= {"organisations": able[["organisation"]], "capabilities": able}
    return Mission.from_tables(header, tables)


def _activities(sheet: Sheet, settings: SheetSettings) -> pd.DataFrame:
    """Return an activity for each sector of the sheet, or for each that the user named."""
    column = sheet.find("#sector+name", "#sector-code", "#sector+code")
    texts = list(settings.activities) if column is None else [text for text in column.unique() if text]
    codes = sheet.find("#sector+code")
    rows = []
    for text in texts:
        code = "" if codes is None or column is None else codes[column == text].iloc[0]
        sector = sector_of(text) or sector_of(code) or fold(text)
        rows.append({"activity": fold(text) if column is None else sector, "name": text, "sector": sector})
    return pd.DataFrame(rows, columns=["activity", "name", "sector"]).drop_duplicates(
        "activity", ignore_index=True
    )


def _merged(before: pd.DataFrame, new: pd.DataFrame, assumed: list[str]) -> pd.DataFrame:
    """Put new needs in the place of old ones of the same site and activity, whose floors stay."""
    keys = ["site", "activity"]
    old = before.merge(new[keys], on=keys, how="left", indicator=True)
    kept = before[(old["_merge"] == "left_only").to_numpy()]
    replaced = len(before) - len(kept)
    if replaced:
        assumed.append(f"replaced: {counted(replaced, 'need')} of the mission by what the sheet says")
        floors = before.drop_duplicates(keys)[[*keys, "weight", "min_coverage"]]
        new = new.merge(floors, on=keys, how="left")
    return pd.concat([kept, new], ignore_index=True)
