"""The figures that every report shows, added up from a plan's tables.

People are averages over the periods of the mission (a sum over periods would count one person many
times); money is summed over all periods; troops are persons in a period. Shares are of the people in need,
over all periods, those whom others serve included.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.plan import Plan
from pklogistics.plan.tables import MANDATES
from pklogistics.report.naming import renamed

FORCE = "troops and police"
"""Who is paid where a cost line names a unit and no organisation."""

CARRIERS = "depots and carriers"
"""Who is paid where a cost line names neither an organisation nor a unit."""


def coverage_by(plan: Plan, periods: int, *keys: str) -> pd.DataFrame:
    """Return people in need, covered by others, served, unmet (average a period) and share by keys."""
    return _coverage(plan.tables["coverage"], periods, *keys)


def total_coverage(plan: Plan, periods: int) -> pd.Series:
    """Return people, others, served, unmet (average a period) and share of the whole mission."""
    whole = _coverage(plan.tables["coverage"].assign(whole=""), periods, "whole")
    if whole.empty:
        return pd.Series({"people": 0.0, "others": 0.0, "served": 0.0, "unmet": 0.0, "share": np.nan})
    return whole.iloc[0].drop("whole")


def _coverage(coverage: pd.DataFrame, periods: int, *keys: str) -> pd.DataFrame:
    sums = coverage.groupby(list(keys), sort=False)[["people", "served", "unmet"]].sum().reset_index()
    # What others give beyond the need is no coverage, so it is taken from what is left and not as given.
    sums["others"] = (sums["people"] - sums["served"] - sums["unmet"]).clip(lower=0.0)
    sums["share"] = _ratio(sums["people"] - sums["unmet"], sums["people"])
    for name in ("people", "served", "unmet", "others"):
        sums[name] /= periods
    return sums[[*keys, "people", "others", "served", "unmet", "share"]]


def coverage_over_periods(plan: Plan, key: str) -> pd.DataFrame:
    """Return the share of people covered, a row per value of ``key`` and a column per period."""
    coverage = plan.tables["coverage"]
    sums = coverage.groupby([key, "period"], sort=False)[["people", "unmet"]].sum()
    shares = _ratio(sums["people"] - sums["unmet"], sums["people"])
    order = coverage[key].drop_duplicates()
    return shares.unstack("period").reindex(order).sort_index(axis=1)


def costs_by(plan: Plan, *keys: str) -> pd.DataFrame:
    """Return the amount and share of all costs by keys, the largest first."""
    costs = _with_payee(plan.tables["costs"])
    sums = costs.groupby(list(keys), sort=False)["amount"].sum().reset_index()
    sums["share"] = _ratio(sums["amount"], pd.Series(sums["amount"].sum(), index=sums.index))
    return sums[sums["amount"] > 0].sort_values("amount", ascending=False, kind="stable", ignore_index=True)


def payee(lines: pd.DataFrame) -> pd.Series:
    """Return who is paid by each cost line or payment: organisation, force, or whoever moves goods."""
    nobody = pd.Series(np.where(lines["unit"] != "", FORCE, CARRIERS), index=lines.index, dtype="str")
    return lines["organisation"].where(lines["organisation"] != "", nobody)


def _with_payee(lines: pd.DataFrame) -> pd.DataFrame:
    return lines.assign(payee=payee(lines))


def funds(plan: Plan) -> pd.DataFrame:
    """Return the funds with the share that is used of each."""
    table = plan.tables["funds"]
    return table.assign(share=_ratio(table["paid"], table["amount"]))


def troops(plan: Plan, periods: int) -> pd.DataFrame:
    """Return a row per site with units: ``units`` in words, persons in each period's extremes.

    Columns: site, units, first (persons in period 1), last (in the last period), peak.
    """
    stationing = plan.tables["stationing"]
    stationing = stationing[stationing["count"] > 0]
    if stationing.empty:
        return pd.DataFrame(columns=["site", "units", "first", "last", "peak"])
    persons = stationing.pivot_table(
        index="site", columns="period", values="persons", aggfunc="sum", fill_value=0.0, sort=False
    ).reindex(columns=range(1, periods + 1), fill_value=0.0)
    result = pd.DataFrame({"first": persons[1], "last": persons[periods], "peak": persons.max(axis=1)})
    result.insert(0, "units", _units_in_words(stationing, periods))
    result = result.rename_axis("site").reset_index()
    return result.sort_values("peak", ascending=False, kind="stable", ignore_index=True)


def _units_in_words(stationing: pd.DataFrame, periods: int) -> pd.Series:
    """Return "3 × infantry, 1 × hospital" by site; "3 → 2 × infantry" where the count changes."""
    counts = stationing.pivot_table(
        index=["site", "unit"], columns="period", values="count", aggfunc="sum", fill_value=0.0, sort=False
    ).reindex(columns=range(1, periods + 1), fill_value=0.0)
    first, last, peak = counts[1], counts[periods], counts.max(axis=1)
    words = peak.map("{:,.0f}".format)
    changing = (counts.min(axis=1) != peak).to_numpy()
    change = first.map("{:,.0f}".format) + " → " + last.map("{:,.0f}".format)
    hump = ((first == last).to_numpy() & changing) | (peak > np.maximum(first, last)).to_numpy()
    change = change.where(~hump, "up to " + words)
    words = words.where(~changing, change)
    texts = words + " × " + counts.index.get_level_values("unit")
    return texts.groupby(level="site", sort=False).agg(", ".join)


def units_by_period(plan: Plan) -> pd.Series:
    """Return "3 × infantry, 1 × hospital" by site and period, for sites with units."""
    rows = plan.tables["stationing"]
    rows = rows[rows["count"] > 0]
    texts = rows["count"].map("{:,.0f}".format).astype("str") + " × " + rows["unit"]
    return texts.groupby([rows["site"], rows["period"]], sort=False).agg(", ".join)


def shortfalls(plan: Plan) -> pd.DataFrame:
    """Return a row per site, activity and reason, the gravest first.

    Columns: site, activity, sector, reason, severity (worst; NaN: not graded), unmet (people, in the worst
    period), weighted (summed over periods), periods ("1-3, 5").
    """
    table = plan.tables["shortfalls"]
    keys = ["site", "activity", "sector", "reason"]
    if table.empty:
        return pd.DataFrame(columns=[*keys, "severity", "unmet", "weighted", "periods"])
    grouped = table.groupby(keys, sort=False)
    result = grouped.agg(severity=("severity", "max"), unmet=("unmet", "max"), weighted=("weighted", "sum"))
    result["periods"] = grouped["period"].agg(period_ranges)
    result["severity"] = result["severity"].where(result["severity"] > 0)
    result = result.reset_index()
    return result.sort_values("weighted", ascending=False, kind="stable", ignore_index=True)


def unmet_by_reason(plan: Plan, periods: int) -> pd.DataFrame:
    """Return unmet people (average a period) by reason, the largest first."""
    sums = plan.tables["shortfalls"].groupby("reason", sort=False)["unmet"].sum() / periods
    return sums.sort_values(ascending=False, kind="stable").reset_index()


def broken(plan: Plan) -> pd.DataFrame:
    """Return broken mandates, a row per rule and place: ``words``, ``place``, periods, amount, measure."""
    table = plan.tables["broken"]
    places = ["organisation", "unit", "site", "region", "activity", "sector"]
    keys = ["rule", *places, "measure"]
    if table.empty:
        return pd.DataFrame(columns=["rule", "words", "place", "periods", "amount", "measure"])
    grouped = table.groupby(keys, sort=False)
    result = grouped.agg(amount=("amount", "max")).assign(periods=grouped["period"].agg(period_ranges))
    result = result.reset_index()
    result["words"] = renamed(result["rule"], MANDATES)
    result["place"] = _joined(result[places])
    order = result.sort_values("amount", ascending=False, kind="stable", ignore_index=True)
    return order[["rule", "words", "place", "periods", "amount", "measure"]]


def _joined(labels: pd.DataFrame) -> pd.Series:
    texts = [", ".join(filter(None, row)) for row in labels.to_numpy().tolist()]
    return pd.Series(texts, index=labels.index, dtype="str")


def who_works_where(plan: Plan, periods: int) -> pd.DataFrame:
    """Return the 3W: organisation, sector, activity, site, modality, periods, people (average a period)."""
    presence = plan.tables["presence"]
    sector = plan.tables["coverage"].drop_duplicates("activity").set_index("activity")["sector"]
    presence = presence.assign(sector=presence["activity"].map(sector).fillna(""))
    keys = ["organisation", "sector", "activity", "site", "modality"]
    if presence.empty:
        return pd.DataFrame(columns=[*keys, "periods", "people"])
    grouped = presence.groupby(keys, sort=False)
    result = grouped.agg(people=("people", "sum")).assign(periods=grouped["period"].agg(period_ranges))
    result["people"] /= periods
    result = result.reset_index()
    order = result["people"].groupby(result["organisation"]).transform("sum")
    ordered = result.assign(size=order).sort_values(
        ["size", "organisation", "people"], ascending=[False, True, False], kind="stable", ignore_index=True
    )
    return ordered[[*keys, "periods", "people"]]


def period_ranges(periods: Iterable[int]) -> str:
    """Return whole numbers as ranges: 1, 2, 3, 5 becomes "1-3, 5"; 0 (the whole horizon) becomes "all"."""
    numbers = sorted(set(periods))
    if numbers == [0]:
        return "all"
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame, each with its values by column."""
    rows: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    return rows


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole.where(whole > 0)).astype(float)
