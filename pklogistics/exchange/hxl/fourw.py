"""Who does what where (and when): 3W and 4W sheets become the coverage of others, and presence of our own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from pklogistics.exchange.hxl.activities import activities_of
from pklogistics.exchange.hxl.amounts import people_of
from pklogistics.exchange.hxl.mapping import check_mapping, mapped
from pklogistics.exchange.hxl.matching import Matches, Unmatched, counted, names_and_keys
from pklogistics.exchange.hxl.outcome import Imported, SheetSettings
from pklogistics.exchange.hxl.places import sites_of
from pklogistics.exchange.hxl.reading import Sheet, SheetOptions, read_sheet
from pklogistics.instance import Mission
from pklogistics.instance.frames import calendar_of
from pklogistics.instance.keys import group_codes

OVER = frozenset({"cancelled", "canceled", "suspended", "stopped", "closed", "terminated", "withdrawn"})
"""Words of #status for what serves nobody."""

WHO = ["site", "activity", "organisation"]
KEYS = [*WHO, "period"]


def import_4w(
    path: str | os.PathLike[str],
    mission: Mission,
    options: SheetOptions | None = None,
    settings: SheetSettings | None = None,
) -> Imported:
    """Read a 3W or 4W sheet into a mission.

    Rows of organisations that the mission plans, for activities that they can do, become their presence;
    all others become coverage, which is subtracted from needs before anything is planned.

    Raises
    ------
    FormatError
        If the sheet cannot be read, or has no column of organisations, places, or sectors or activities.
    OptionsError
        If an option does not fit the sheet or the mission.
    MissionError
        If what comes out contradicts itself.
    """
    settings = settings or SheetSettings()
    sheet = read_sheet(Path(path), options or SheetOptions())
    assumed = sheet.assumed
    matches = Matches(settings.near)
    rows = matched_rows(sheet, mission, settings, matches, assumed)
    kept = rows[(rows["site"] != "") & (rows["activity"] != "") & (rows["organisation"] != "")]
    kept = kept[kept["to"] >= 1]
    own = kept["planned"] if settings.planned != "coverage" else kept["planned"] & False
    coverage = _coverage(kept[~own], mission, settings, assumed)
    presence = _presence(kept[own], mission, settings, assumed)
    tables = {"coverage": _joined(mission, "coverage", coverage, WHO, assumed)}
    if len(presence):
        tables["presence"] = _joined(mission, "presence", presence, WHO, assumed)
    result = mission.replace(tables=tables)
    _beyond(result, assumed)
    return Imported(
        mission=result,
        rows=len(sheet.frame),
        used=len(kept),
        assumed=tuple(assumed),
        unmatched=tuple(matches.found),
        coverage=len(coverage),
        presence=len(presence),
    )


def organisations_column(sheet: Sheet) -> pd.Series[str]:
    """Return who works, not who pays; raises `FormatError` if the sheet does not say."""
    names = ("#org+impl", "#org+implementing", "#org+name-funder-donor-prog", "#org-funder-donor-prog-type")
    who = sheet.find(*names)
    if who is None:
        raise sheet.lacks("organisations")
    return who


def matched_rows(
    sheet: Sheet, mission: Mission, settings: SheetSettings, matches: Matches, assumed: list[str]
) -> pd.DataFrame:
    """Return the rows of the sheet in the words of the mission; what found no match is blank.

    Columns: site, activity, organisation, people (NaN: unknown), planned (whether the mission plans that
    organisation for that activity), from and to (periods; ``to`` is 0 for what is over before them).

    Raises
    ------
    FormatError
        If the sheet has no column of organisations, places, or sectors or activities.
    OptionsError
        If a name is mapped to what the mission does not have.
    """
    check_mapping(settings.mapping, mission)
    who = organisations_column(sheet)
    if sheet.position("#sector", "#subsector", "#activity") is None:
        raise sheet.lacks("sectors")
    if sheet.position("#loc", "#adm1", "#adm2", "#adm3", "#adm4", "#adm5") is None:
        raise sheet.lacks("places")
    rows = pd.DataFrame({"site": sites_of(sheet, mission, settings, matches, assumed)})
    rows["activity"] = activities_of(sheet, mission, settings, matches, assumed)
    rows["organisation"], known = _organisations(who, mission, settings, matches)
    rows["people"] = people_of(
        sheet, ("#reached", "#targeted", "#beneficiary", "#affected"), settings, assumed
    )
    rows["planned"] = known & _able(rows, mission)
    _when(rows, sheet, mission, assumed)
    status = sheet.find("#status")
    if status is not None and (over := status.str.casefold().isin(list(OVER))).any():
        assumed.append(f"left out: {counted(int(over.sum()))} whose #status says that they serve nobody")
        rows = rows[~over]
    if (blank := who == "").any():
        assumed.append(f"left out: {counted(int(blank.sum()))} without an organisation")
    return rows


def _able(rows: pd.DataFrame, mission: Mission) -> pd.Series[bool]:
    """Tell of which rows the organisation has a capability for the activity that holds at the site."""
    able = mission.frame("capabilities")[["organisation", "activity", "site", "region"]]
    region = mission.frame("sites").set_index("site")["region"]
    asked = rows[WHO].assign(at=np.arange(len(rows)), there=rows["site"].map(region).fillna(""))
    both = asked.merge(able, on=["organisation", "activity"], suffixes=("", "_of"))
    anywhere = (both["site_of"] == "") & (both["region"] == "")
    here = (
        anywhere
        | (both["site_of"] == both["site"])
        | ((both["region"] != "") & (both["region"] == both["there"]))
    )
    return pd.Series(np.isin(np.arange(len(rows)), both.loc[here, "at"]), index=rows.index)


def _organisations(
    who: pd.Series[str], mission: Mission, settings: SheetSettings, matches: Matches
) -> tuple[pd.Series[str], pd.Series[bool]]:
    """Return the organisation of each row, and whether the mission plans it; others keep their own names."""
    frame = mission.frame("organisations")
    given = mapped(settings.mapping, mission, "organisation")
    before = len(matches.found)
    found = matches.match("organisation", who, names_and_keys(frame, "organisation"), given)
    for at in range(before, len(matches.found)):
        each = matches.found[at]
        if not each.taken_for:
            reason = each.reason or "not planned in this mission; it counts as one of the others"
            matches.found[at] = Unmatched(each.kind, each.name, each.rows, "", each.nearest, reason)
    return found.where(found != "", who), found != ""


def _when(rows: pd.DataFrame, sheet: Sheet, mission: Mission, assumed: list[str]) -> None:
    """Add the first and last period of each row; ``to`` is 0 where it ended before the mission begins."""
    rows["from"], rows["to"] = 1, mission.T
    begin, end = sheet.find("#date+start"), sheet.find("#date+end")
    if begin is None and end is None:
        assumed.append("the sheet has no #date: what it tells holds in every period")
        return
    if mission.header.start is None:
        assumed.append("the mission has no start, so dates of the sheet count for nothing: all periods")
        return
    calendar = calendar_of(mission.header)
    if begin is not None:
        rows["from"] = np.maximum(1, calendar.periods_of(_dates(begin, assumed), blank=1))
    if end is not None:
        rows["to"] = np.minimum(mission.T, calendar.periods_of(_dates(end, assumed), blank=mission.T))
    gone = (rows["to"] < rows["from"]) | (rows["to"] < 1)
    if gone.any():
        assumed.append(f"left out: {counted(int(gone.sum()))} outside the periods of the mission")
    rows["to"] = rows["to"].mask(gone, 0)


def _dates(cells: pd.Series[str], assumed: list[str]) -> pd.Series[str]:
    values = pd.to_datetime(cells, errors="coerce", format="ISO8601")
    wrong = values.isna() & (cells != "")
    if wrong.any():
        what = counted(int(wrong.sum()), "date")
        assumed.append(f"{what} not year-month-day, taken as blank: '{cells[wrong].iloc[0]}' …")
    return values.dt.strftime("%Y-%m-%d").fillna("").astype("str")


def _coverage(
    rows: pd.DataFrame, mission: Mission, settings: SheetSettings, assumed: list[str]
) -> pd.DataFrame:
    """Return rows of the table coverage; a row without a number stands for the share that was chosen.

    A row for every period has a blank one, but not where others of the same organisation, activity and site
    hold for some periods: a table cannot say both.
    """
    rows = rows.assign(people=_supposed(rows, mission, settings, assumed))
    whole = (rows["from"] == 1) & (rows["to"] == mission.T)
    whole = whole.groupby([rows[name] for name in WHO]).transform("all").astype(bool)
    times = np.where(whole, 1, rows["to"] - rows["from"] + 1)
    at = np.repeat(np.arange(len(rows)), times)
    nth = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
    long = rows.take(at).reset_index(drop=True)
    long["period"] = np.where(whole.to_numpy()[at], np.nan, long["from"].to_numpy() + nth)
    summed = long.groupby(KEYS, sort=False, dropna=False, as_index=False).agg(people=("people", "sum"))
    return summed[summed["people"] > 0].reset_index(drop=True)


def _supposed(
    rows: pd.DataFrame, mission: Mission, settings: SheetSettings, assumed: list[str]
) -> pd.Series[float]:
    unknown = rows["people"].isna()
    if not unknown.any():
        return rows["people"]
    if not settings.missing:
        assumed.append(
            f"{counted(int(unknown.sum()))} of others without a number of people: nobody is counted for them"
            " (--set missing=0.25 lets each stand for a quarter of the need)"
        )
        return rows["people"].fillna(0.0)
    assumed.append(
        f"{counted(int(unknown.sum()))} of others without a number of people: each stands for"
        f" {settings.missing:.0%} of the need there"
    )
    needs = mission.by_period("needs").groupby(["site", "activity"])["people"].mean()
    need = needs.reindex(pd.MultiIndex.from_frame(rows[["site", "activity"]])).fillna(0.0).to_numpy()
    return rows["people"].mask(unknown, need * settings.missing)


def _presence(
    rows: pd.DataFrame, mission: Mission, settings: SheetSettings, assumed: list[str]
) -> pd.DataFrame:
    """Return rows of the table presence: who is there already, of those whom the mission plans."""
    if rows.empty:
        return pd.DataFrame(columns=["organisation", "site", "activity", "from", "until", "status"])
    keys = ["organisation", "site", "activity"]
    span = rows.groupby(keys, sort=False, as_index=False).agg(begin=("from", "min"), end=("to", "max"))
    span["from"] = span["begin"].astype("str").mask(span["begin"] == 1, "")
    span["until"] = span["end"].astype("str").mask(span["end"] == mission.T, "")
    assumed.append(
        f"{counted(len(rows))} of organisations that the mission plans: {counted(len(span), 'presence')},"
        f" {settings.planned}; the plan decides how many people they serve"
    )
    return pd.DataFrame(span.assign(status=settings.planned)[[*keys, "from", "until", "status"]])


def _joined(
    mission: Mission, name: str, new: pd.DataFrame, keys: list[str], assumed: list[str]
) -> pd.DataFrame:
    """Join new rows to a table: coverage takes the place of rows with the same keys, presence gives way."""
    if not mission.has(name):
        return new
    old = mission.tables[name]
    both = pd.concat([old[keys], new[keys]], ignore_index=True).astype("str")
    codes = group_codes(both, tuple(keys))
    before, after = codes[: len(old)], codes[len(old) :]
    if name == "presence":
        # An agreement or a refusal that names no activity holds for all of them.
        whole = old.loc[old["activity"] == "", ["organisation", "site"]]
        bound = pd.MultiIndex.from_frame(new[["organisation", "site"]]).isin(pd.MultiIndex.from_frame(whole))
        clash = np.isin(after, before) | bound
        if clash.any():
            assumed.append(
                f"kept as they were: {counted(int(clash.sum()), 'presence')} that the mission had already"
            )
        return pd.concat([old, new[~clash]], ignore_index=True)
    clash = np.isin(before, after)
    if clash.any():
        assumed.append(
            f"replaced: {counted(int(clash.sum()))} of coverage in the mission by what the sheet says"
        )
    return pd.concat([old[~clash], new], ignore_index=True)


def _beyond(mission: Mission, assumed: list[str]) -> None:
    """Say where others serve more people than need it: duplication, or a number of another kind."""
    keys = ["site", "activity", "period"]
    needs = mission.by_period("needs").groupby(keys)["people"].sum()
    given = mission.by_period("coverage").groupby(keys)["people"].sum()
    over = given[given > needs.reindex(given.index).fillna(0.0)]
    pairs = over.reset_index().drop_duplicates(["site", "activity"])
    if len(pairs):
        where = counted(len(pairs), "place")
        assumed.append(
            f"{where} (by activity) where others serve more people than need it; what is beyond the need"
            " counts for nothing (pklogistics overlaps tells who and where)"
        )
