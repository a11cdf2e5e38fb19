"""Which activity of a mission a row of a sheet speaks of: by its activity, its subsector, or its sector."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pklogistics.exchange.hxl.mapping import mapped
from pklogistics.exchange.hxl.matching import Matches, Pairs, Unmatched, by_bare_name, counted, names_and_keys
from pklogistics.exchange.hxl.outcome import SheetSettings
from pklogistics.exchange.hxl.reading import Sheet
from pklogistics.exchange.hxl.sectors import bare, sector_of
from pklogistics.instance import Mission

PATTERNS = (
    *("#activity+name", "#activity-code", "#activity+code", "#subsector+name", "#subsector"),
    *("#sector+name", "#sector-code", "#sector+code"),
)


def activities_of(
    sheet: Sheet, mission: Mission, settings: SheetSettings, matches: Matches, assumed: list[str]
) -> pd.Series[str]:
    """Return the activity of each row, ``""`` where none is meant for sure."""
    activities = mission.frame("activities")
    known = names_and_keys(activities, "activity")
    given = mapped(settings.mapping, mission, "activity")
    by_sector, several = _by_sector(activities)
    exact, _ = by_bare_name(known)
    found = pd.Series("", index=sheet.frame.index, dtype="str")
    texts = pd.Series("", index=sheet.frame.index, dtype="str")
    for column in filter(lambda each: each is not None, (sheet.find(pattern) for pattern in PATTERNS)):
        assert column is not None
        said = column.map(lambda text: given.get(bare(text)) or exact.get(bare(text)) or "")
        found = found.mask(found == "", said)
        found = found.mask(found == "", column.map(lambda text: by_sector.get(sector_of(text) or "", "")))
        texts = texts.mask((texts == "") | column.map(lambda text: sector_of(text) in several), column)
    if (blank := (found == "") & (texts == "")).any():
        assumed.append(f"left out: {counted(int(blank.sum()))} without a sector or activity")
    sectors = [pair for pair in by_sector.items() if bare(pair[0]) not in exact]
    return _rest(found, texts, [*known, *sectors], several, matches)


def _rest(
    found: pd.Series[str],
    texts: pd.Series[str],
    known: Pairs,
    several: Mapping[str, list[str]],
    matches: Matches,
) -> pd.Series[str]:
    """Tell of sectors with several activities, and look for near names of the others."""
    left = (found == "") & (texts != "")
    doubtful = left & texts.map(lambda text: sector_of(text) in several)
    for text, rows in texts[doubtful].value_counts().items():
        choices = ", ".join(several[sector_of(str(text)) or ""])
        reason = f"the sector has several activities ({choices}); say which: --map '{text}=…'"
        matches.found.append(Unmatched("activity", str(text), int(rows), reason=reason))
    near = matches.match("activity", texts[left & ~doubtful], known)
    return found.mask(left & ~doubtful, near.reindex(found.index, fill_value=""))


def _by_sector(activities: pd.DataFrame) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the only activity of each sector, and the activities of sectors that have several."""
    open_ones = activities[activities["provider"] == "organisation"]
    sectors = open_ones["sector"].map(lambda text: sector_of(text) or text)
    held = open_ones["activity"].groupby(sectors.to_numpy()).agg(list)
    alone = {str(sector): names[0] for sector, names in held.items() if len(names) == 1}
    return alone, {str(sector): names for sector, names in held.items() if len(names) > 1}
