"""What agreements add up to: who is refused, effectively, for which activity, where and when (C6).

A refusal that names an activity holds for it. A refusal that names none holds for every activity, but for
those that a row with status allowed names. This is for finding contradictions before solving; the model
and the checker read agreements by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Frames = Mapping[str, pd.DataFrame]
WHERE = ["organisation", "site"]


def capable(frames: Frames, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return what each organisation could do at each site: ``organisation, site, activity``, once each.

    Parameters
    ----------
    pairs
        The organisations and sites asked for.
    """
    regions = frames["sites"].set_index("site")["region"]
    asked = pairs[WHERE].drop_duplicates()
    asked = asked.assign(region=regions.reindex(asked["site"]).to_numpy())
    options = frames["capabilities"][["organisation", "activity", "site", "region"]]
    both = asked.merge(options, on="organisation", suffixes=("", "_of_option"))
    there = (both["site_of_option"] == "") | (both["site_of_option"] == both["site"])
    there &= (both["region_of_option"] == "") | (both["region_of_option"] == both["region"])
    return both.loc[there, [*WHERE, "activity"]].drop_duplicates()


def agreements_without_capability(frames: Frames) -> NDArray[np.int64]:
    """Return the rows of presence that are agreed where the organisation has no capability."""
    return _without_capability(frames, "agreed")


def leads_without_capability(frames: Frames) -> NDArray[np.int64]:
    """Return the rows of presence that name a lead without a capability there."""
    return _without_capability(frames, "lead")


def _without_capability(frames: Frames, status: str) -> NDArray[np.int64]:
    presence = frames["presence"]
    rows = presence.loc[presence["status"] == status, [*WHERE, "activity"]]
    can = capable(frames, rows)
    anything = can[WHERE].drop_duplicates().assign(activity="")
    known = pd.concat([can, anything], ignore_index=True)
    found = rows.reset_index().merge(known, how="left", indicator=True)
    return found.loc[found["_merge"] == "left_only", "index"].to_numpy(dtype=np.int64)


def allowed_and_refused(presence: pd.DataFrame) -> dict[int, int]:
    """Return the rows that allow what another row refuses at the same level of detail, with that row."""
    rows = presence.reset_index(names="row")
    where = [*WHERE, "activity"]
    pairs = rows[rows["status"] == "allowed"].merge(
        rows[rows["status"] == "refused"], on=where, suffixes=("", "_refused")
    )
    meet = (pairs["from"] <= pairs["until_refused"]) & (pairs["from_refused"] <= pairs["until"])
    first = pairs[meet].drop_duplicates("row")
    return dict(zip(first["row"].tolist(), first["row_refused"].tolist(), strict=True))


def refused_agreements(frames: Frames, periods: int) -> dict[int, tuple[int, int]]:
    """Return the rows that are agreed or lead and refused at once, with the refusal and the first period.

    An agreement that names no activity is refused only where all of the organisation's activities there
    are; a lead is refused where one of them is.
    """
    cells = _expanded(frames, periods)
    at = [*WHERE, "activity", "period"]
    refusals = cells[cells["status"] == "refused"]
    lifted = cells.loc[(cells["status"] == "allowed") & cells["named"], at].drop_duplicates()
    refusals = refusals.merge(lifted, how="left", on=at, indicator="lifted")
    refusals = refusals[refusals["named"] | (refusals["lifted"] == "left_only")]
    refusals = refusals.drop_duplicates(at)[[*at, "row"]].rename(columns={"row": "by"})
    bound = cells[cells["status"].isin(["agreed", "lead"])].merge(refusals, how="left", on=at)
    hit = bound.assign(refused=bound["by"].notna()).groupby(["row", "period"], sort=True)
    every, some, by = hit["refused"].all(), hit["refused"].any(), hit["by"].first()
    status = frames["presence"]["status"].to_numpy()[
        every.index.get_level_values("row").to_numpy(dtype=np.int64)
    ]
    wrong = by[np.where(status == "lead", some, every).astype(bool)].reset_index().drop_duplicates("row")
    return {int(row): (int(by), int(period)) for row, period, by in wrong.itertuples(index=False)}


def _expanded(frames: Frames, periods: int) -> pd.DataFrame:
    """Return agreements by activity and period, at the places where a refusal meets an agreement or a lead.

    Columns: ``organisation, site, activity, period, status, named`` (whether the row names the activity) and
    ``row`` (position in presence).
    """
    presence = frames["presence"].reset_index(names="row")
    bound = presence.loc[presence["status"].isin(["agreed", "lead"]), WHERE].drop_duplicates()
    refused = presence.loc[presence["status"] == "refused", WHERE].drop_duplicates()
    rows = presence.merge(bound.merge(refused, on=WHERE), on=WHERE)
    named = rows["activity"] != ""
    unnamed = rows[~named].drop(columns="activity").merge(capable(frames, rows), on=WHERE)
    cells = pd.concat([rows[named].assign(named=True), unnamed.assign(named=False)], ignore_index=True)
    first = cells["from"].clip(lower=1)
    lasts = (cells["until"].clip(upper=periods) - first + 1).clip(lower=0).to_numpy(dtype=np.int64)
    at = np.repeat(np.arange(len(cells)), lasts)
    nth = np.arange(len(at)) - np.repeat(np.cumsum(lasts) - lasts, lasts)
    out = cells.take(at).reset_index(drop=True)
    out["period"] = first.to_numpy(dtype=np.int64)[at] + nth
    return out[[*WHERE, "activity", "period", "status", "named", "row"]]
