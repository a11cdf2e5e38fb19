"""What is allowed but probably not meant, or will end as a shortfall: warnings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pklogistics.instance.consent import leads_without_capability
from pklogistics.instance.earmarks import earmarks_without_cost
from pklogistics.instance.findings import Findings, Naming, Place
from pklogistics.instance.frames import with_absent
from pklogistics.instance.header import Header
from pklogistics.instance.offers import needs_without_offer
from pklogistics.instance.supplies import FAMILY
from pklogistics.instance.supplies_doubts import find_doubts_of_supplies
from pklogistics.instance.texts import cell_text
from pklogistics.instance.wording import quoted

Frames = Mapping[str, pd.DataFrame]
Places = Mapping[str, Place]


def find_doubts(frames: Frames, header: Header, places: Places, naming: Naming, findings: Findings) -> None:
    """Add a warning for each thing that is doubtful."""
    _needs_that_nobody_can_serve(frames, places, findings)
    if "coverage" in frames:
        _coverage_without_need(frames, places, findings)
    if "funds" in frames:
        _funds_outside_the_mission(frames["funds"], header, places["funds"], findings)
    if "earmarks" in frames:
        _earmarks_without_cost(with_absent(frames), places["earmarks"], findings)
    if "capacity_building" in frames:
        _growth_without_staff(frames, places, naming, findings)
    if "presence" in frames:
        _leads_without_capability(frames, places["presence"], findings)
    _sites_without_place(frames, header, places["sites"], findings)
    if not FAMILY.isdisjoint(places):
        find_doubts_of_supplies(with_absent(frames), header, places, findings)


def _needs_that_nobody_can_serve(frames: Frames, places: Places, findings: Findings) -> None:
    needs = frames["needs"]
    for activity, rows, nowhere in needs_without_offer(frames):
        sites = int(needs["site"].iloc[rows].nunique())
        more = f" and {sites - 1} more" if sites > 1 else ""
        where = "" if nowhere else f" at {quoted(needs['site'].iloc[rows[0]])}{more}"
        message = f"nobody offers activity {quoted(activity)}{where}; this need will stay unmet"
        row = int(places["needs"].rows[rows[0]])
        findings.warning(places["needs"].file, message, row, "activity", activity)


def _coverage_without_need(frames: Frames, places: Places, findings: Findings) -> None:
    coverage, needs = frames["coverage"], frames["needs"]
    where = ["site", "activity"]
    pairs = coverage[where].drop_duplicates()
    near = needs[[*where, "period"]].merge(pairs, on=where)
    rows = coverage[[*where, "period"]].reset_index(names="row")
    found = rows.merge(near, on=where, suffixes=("", "_of_need"))
    meets = (
        (found["period"] == found["period_of_need"]) | found["period"].isna() | found["period_of_need"].isna()
    )
    alone = np.setdiff1d(np.arange(len(coverage)), found.loc[meets, "row"].to_numpy(dtype=np.int64))

    def word(at: int) -> tuple[str | None, str]:
        row = coverage.iloc[at]
        when = "" if np.isnan(row["period"]) else f" in period {cell_text(row['period'])}"
        what = f"activity {quoted(row['activity'])} at site {quoted(row['site'])}{when}"
        return str(row["activity"]), f"there is no need for {what}; the coverage counts for nothing"

    findings.at_rows(places["coverage"], alone.astype(np.int64), "activity", word, "warning")


def _funds_outside_the_mission(funds: pd.DataFrame, header: Header, place: Place, findings: Findings) -> None:
    if not funds["amount"].sum() > 0:
        findings.warning(place.file, "the funds hold no money; nothing that costs anything can be done")
    expired, late = funds["until"] < 1, funds["from"] > header.periods

    def word(at: int) -> tuple[str | None, str]:
        name = quoted(funds["fund"].iloc[at])
        if expired.iloc[at]:
            return name[1:-1], f"fund {name} has expired before the mission starts; it will pay nothing"
        return name[1:-1], f"fund {name} begins after the mission ends; it will pay nothing"

    findings.at_rows(place, np.flatnonzero(expired), "until", word, "warning")
    findings.at_rows(place, np.flatnonzero(late & ~expired), "from", word, "warning")


def _earmarks_without_cost(frames: Frames, place: Place, findings: Findings) -> None:
    funds = frames["earmarks"]["fund"]

    def word(at: int) -> tuple[str | None, str]:
        name = str(funds.iloc[at])
        return (
            name,
            f"no cost of the mission matches this earmark of fund {quoted(name)}; it pays for nothing",
        )

    findings.at_rows(place, earmarks_without_cost(frames), "fund", word, "warning")


def _growth_without_staff(frames: Frames, places: Places, naming: Naming, findings: Findings) -> None:
    grown = frames["capacity_building"]["organisation"]
    known = set(frames["staff"]["organisation"]) if "staff" in frames else set()
    alone = np.flatnonzero(~grown.isin(known))

    def word(at: int) -> tuple[str | None, str]:
        name = str(grown.iloc[at])
        where = naming.short("staff")
        return (
            name,
            f"{quoted(name)} has no row in {where}, so its staff has no limit that training could raise",
        )

    findings.at_rows(places["capacity_building"], alone, "organisation", word, "warning")


def _leads_without_capability(frames: Frames, place: Place, findings: Findings) -> None:
    presence = frames["presence"]

    def word(at: int) -> tuple[str | None, str]:
        row = presence.iloc[at]
        what = f" for activity {quoted(row['activity'])}" if row["activity"] else ""
        name = quoted(row["organisation"])
        blocked = "nobody else can be present there" if row["activity"] else "the row binds nobody"
        return str(
            row["organisation"]
        ), f"lead {name} has no capability{what} at {quoted(row['site'])}; {blocked}"

    findings.at_rows(place, leads_without_capability(frames), "organisation", word, "warning")


def _sites_without_place(frames: Frames, header: Header, place: Place, findings: Findings) -> None:
    """Warn of sites without coordinates if a rule measures distances (T6, T7) that no table gives."""
    activities, sites = frames["activities"], frames["sites"]
    posts = bool(((activities["provider"] == "force") & (activities["radius_km"] > 0)).any())
    if "units" not in frames or not (posts or header.policy.medevac_minutes is not None):
        return
    lost = sites["latitude"].isna()
    if "travel_times" in frames:
        times = frames["travel_times"]
        lost &= ~sites["site"].isin(times["origin"]) & ~sites["site"].isin(times["destination"])
    rule = "medical evacuation" if header.policy.medevac_minutes is not None else "the radius of posts"

    def word(at: int) -> tuple[str | None, str]:
        name = str(sites["site"].iloc[at])
        return (
            name,
            f"site {quoted(name)} has no coordinates, which {rule} needs; it counts as far from all others",
        )

    findings.at_rows(place, np.flatnonzero(lost), "latitude", word, "warning")
