"""Agreed, allowed, refused and lead presence (C6): what the presence table says of each candidate.

A row that names an activity beats a row for all activities of the organisation at the site.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.sets import BLANK, Sets

AGREED = ("organisation", "site", "activity", "period")
"""What an agreement is about."""


def resolve(sets: Sets, candidates: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Drop candidates that may not be present, and say what is agreed and who leads.

    Returns
    -------
    candidates : those that remain, with a new index
    agreements : organisation, site, activity (or BLANK), period, net, candidate: present at one of these
        at least; a candidate whom an absent lead keeps away is NaN
    leads : candidate, lead: the first may be present only if the second is
    """
    if not sets.mission.has("presence"):
        nothing = pd.DataFrame(columns=[*AGREED, "net", "candidate", "lead"], dtype="int64")
        return candidates, nothing.drop(columns="lead"), nothing[["candidate", "lead"]]
    table = _coded(sets)
    pairs = _pairs(table, candidates)
    specific = pairs["activity_row"] != BLANK
    refusal = pairs["status"] == "refused"
    named = pairs.loc[specific & ~refusal, "candidate"]
    refused = set(pairs.loc[specific & refusal, "candidate"])
    refused |= set(pairs.loc[~specific & refusal, "candidate"]) - set(named)
    candidates = candidates.drop(index=list(refused))
    leading = _leading(table, sets.needs, candidates)
    blocked = leading[leading["lead"].isna()]
    candidates = candidates.drop(index=blocked["candidate"].tolist()).reset_index(names="former")
    place = pd.Series(candidates.index, index=candidates.pop("former"))

    agreed = pairs[(pairs["status"] == "agreed") & ~pairs["candidate"].isin(refused)]
    agreed = agreed.drop(columns="activity").rename(columns={"activity_row": "activity"})
    agreements = agreed[[*AGREED, "net", "candidate"]].drop_duplicates(ignore_index=True)
    agreements["candidate"] = place.reindex(agreements["candidate"]).to_numpy()
    leads = leading[leading["candidate"].isin(place.index) & leading["lead"].isin(place.index)]
    leads = leads[["candidate", "lead"]].drop_duplicates(ignore_index=True)
    leads = pd.DataFrame({side: place.reindex(leads[side]).to_numpy(np.int64) for side in leads})
    return candidates, agreements, leads


def _coded(sets: Sets) -> pd.DataFrame:
    table = sets.mission.frame("presence").copy()
    for kind in ("organisation", "site", "activity"):
        table[kind] = sets.names.codes(kind, table[kind])
    return table.reset_index(names="row")


def _pairs(table: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    """Return each (row of the presence table, candidate) that the row speaks of."""
    keys = candidates[[*AGREED, "net"]].reset_index(names="candidate")
    pairs = table.merge(keys, on=["organisation", "site"], suffixes=("_row", ""))
    return pairs[_applies(pairs)]


def _applies(pairs: pd.DataFrame) -> pd.Series[bool]:
    activity = (pairs["activity_row"] == BLANK) | (pairs["activity_row"] == pairs["activity"])
    return activity & (pairs["from"] <= pairs["period"]) & (pairs["period"] <= pairs["until"])


def _leading(table: pd.DataFrame, needs: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    """Return, for each need with a lead, every other candidate and the lead's (NaN if it cannot be there)."""
    rows = table[table["status"] == "lead"]
    scope = rows.merge(
        needs[["site", "activity", "period"]].reset_index(names="n"), on="site", suffixes=("_row", "")
    )
    scope = scope.loc[_applies(scope), ["n", "organisation", "activity_row"]]
    keys = candidates[["n", "organisation"]].reset_index(names="candidate")
    scope = scope.merge(keys.rename(columns={"candidate": "lead"}), on=["n", "organisation"], how="left")
    # A lead for all activities leads only where it has a capability; a named one leads in any case.
    scope = scope[scope["lead"].notna() | (scope["activity_row"] != BLANK)]
    pairs = scope.rename(columns={"organisation": "leading"}).merge(keys, on="n")
    return pairs[pairs["organisation"] != pairs["leading"]]
