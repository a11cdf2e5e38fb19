"""Who duplicates whom, where, by how many people and how much money, and which gaps stand beside it.

Where several organisations do the same at one place, at least those beyond the need are served twice (P
people served, N in need: P - N of them, if that is positive), and at most all but those of the largest
organisation. Without a known need the first is not known. Where one organisation's number is not known, it
serves at most all of the others a second time; where that of several is not, the second is not known. Money
is people times what one costs there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.instance.mission import Mission

PLACE = ["site", "activity"]


@dataclass(frozen=True)
class Duplication:
    """What overlaps, and what is left out beside it; people are averages over the periods.

    Attributes
    ----------
    overlaps : DataFrame
        site, region, activity, organisations (names), count, people (served by all of them), need, at_least
        and at_most (people served twice), money_at_least and money_at_most; the largest first. NaN: unknown.
    pairs : DataFrame
        organisation, other, places, people (at most, served by both); the largest first.
    gaps : DataFrame
        site, region, activity, need, served, gap, beside (the place of the same activity where most is
        served twice, of the same region if there is one); the largest first.
    """

    overlaps: pd.DataFrame
    pairs: pd.DataFrame
    gaps: pd.DataFrame


def duplication(mission: Mission) -> Duplication:
    """Return what overlaps in a mission before anything is planned: coverage by others and agreements."""
    sites = mission.frame("sites")[["site", "region"]]
    keys = [*PLACE, "organisation"]
    served = mission.by_period("coverage").groupby(keys, as_index=False).agg(people=("people", "sum"))
    served["people"] /= mission.T
    agreed = mission.frame("presence")
    agreed = agreed[(agreed["status"] == "agreed") & (agreed["activity"] != "")]
    planned = agreed[keys].drop_duplicates().assign(people=np.nan)
    parts: list[pd.DataFrame] = [served, planned]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.groupby(keys, as_index=False).agg(people=("people", lambda people: people.sum(min_count=1)))
    needs = mission.by_period("needs").groupby(PLACE, as_index=False).agg(people=("people", "sum"))
    needs["people"] /= mission.T
    able = mission.frame("capabilities")
    price = able[able["cost_per_person"] > 0].groupby("activity")["cost_per_person"].median()
    rows["cost_per_person"] = rows["activity"].map(price)
    return duplicated(rows, sites, needs)


def duplicated(rows: pd.DataFrame, sites: pd.DataFrame, needs: pd.DataFrame | None) -> Duplication:
    """Return what overlaps among rows of who does what where.

    Parameters
    ----------
    rows
        site, activity, organisation, people (NaN: unknown), cost_per_person (NaN: unknown), a row for each
        organisation, activity and site.
    sites
        site, region (may be blank), each site once.
    needs
        site, activity, people in need; None: not known, and then a gap is a place of the rows where nobody
        does an activity that somebody does elsewhere.
    """
    region = dict(zip(sites["site"], sites["region"], strict=True))
    overlaps = _overlaps(rows, needs, region)
    gaps = _gaps(rows, needs, region, overlaps)
    return Duplication(overlaps, _pairs(rows), gaps)


def _overlaps(rows: pd.DataFrame, needs: pd.DataFrame | None, region: dict[str, str]) -> pd.DataFrame:
    grouped = rows.sort_values("organisation", kind="stable").groupby(PLACE, sort=False)
    found = grouped.agg(
        organisations=("organisation", "; ".join),
        count=("organisation", "nunique"),
        people=("people", lambda people: people.sum(min_count=1)),
        largest=("people", "max"),
        price=("cost_per_person", "mean"),
        unknown=("people", lambda people: people.isna().sum()),
    ).reset_index()
    found = found[found["count"] > 1].reset_index(drop=True)
    found.insert(1, "region", found["site"].map(region).fillna(""))
    known = None if needs is None else needs.set_index(PLACE)["people"]
    at = pd.MultiIndex.from_frame(found[PLACE])
    found["need"] = np.nan if known is None else known.reindex(at).to_numpy()
    found["at_least"] = (found["people"] - found["need"]).clip(lower=0.0)
    beyond = found["people"] - found["largest"].where(found["unknown"] == 0, 0.0)
    found["at_most"] = beyond.clip(lower=found["at_least"].fillna(0.0)).mask(found["unknown"] > 1)
    for bound in ("at_least", "at_most"):
        found[f"money_{bound}"] = found[bound] * found["price"]
    order = ["at_least", "at_most", "count"]
    found = found.sort_values(order, ascending=False, kind="stable", ignore_index=True)
    return found.drop(columns=["largest", "price", "unknown"])


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return organisations two by two: at how many places they do the same, and for how many people."""
    slim = rows[[*PLACE, "organisation", "people"]]
    both = slim.merge(slim, on=PLACE, suffixes=("", "_other"))
    both = both[both["organisation"] < both["organisation_other"]]
    both = both.assign(both=np.fmin(both["people"], both["people_other"]))
    pairs = both.groupby(["organisation", "organisation_other"], as_index=False).agg(
        places=("site", "size"), people=("both", lambda both: both.sum(min_count=1))
    )
    pairs = pairs.rename(columns={"organisation_other": "other"})
    return pairs.sort_values(["people", "places"], ascending=False, kind="stable", ignore_index=True)


def _gaps(
    rows: pd.DataFrame, needs: pd.DataFrame | None, region: dict[str, str], overlaps: pd.DataFrame
) -> pd.DataFrame:
    """Return places of the activities that overlap somewhere, where people are left out."""
    served = rows.groupby(PLACE)["people"].sum()
    if needs is None:
        gaps = rows[["site"]].drop_duplicates().merge(rows[["activity"]].drop_duplicates(), how="cross")
        gaps["need"] = np.nan
        there = pd.MultiIndex.from_frame(rows[PLACE])
        gaps = gaps[~pd.MultiIndex.from_frame(gaps[PLACE]).isin(there)]
    else:
        gaps = needs.rename(columns={"people": "need"})[[*PLACE, "need"]]
    gaps = gaps[gaps["activity"].isin(overlaps["activity"])].reset_index(drop=True)
    gaps.insert(1, "region", gaps["site"].map(region).fillna(""))
    gaps["served"] = served.reindex(pd.MultiIndex.from_frame(gaps[PLACE])).fillna(0.0).to_numpy()
    gaps["gap"] = gaps["need"] - gaps["served"]
    gaps = gaps[gaps["gap"].isna() | (gaps["gap"] > 0)]
    worst = overlaps.drop_duplicates(["activity", "region"]).set_index(["activity", "region"])["site"]
    anywhere = overlaps.drop_duplicates("activity").set_index("activity")["site"]
    near = worst.reindex(pd.MultiIndex.from_frame(gaps[["activity", "region"]])).to_numpy()
    gaps["beside"] = pd.Series(near, index=gaps.index).fillna(gaps["activity"].map(anywhere))
    return gaps.sort_values("gap", ascending=False, kind="stable", ignore_index=True)
