"""What an explanation adds to a report: why, what one more of anything would change, and against what.

The report knows no solver, so it takes an explanation as any object with plain tables of these names, each of
which may be missing, empty, or have more columns than are shown here:

shortfalls : site, activity, period, severity, unmet (people), reason, people (who would be served if just
    that gave way), proven
values : kind, name (of the scarce thing), measure (one more of what), people (served by one more), weighted,
    most (how many it holds for), confirmed (the same as people, by solving anew), table
stuck : fund, left, added (weighted need met by one more unit of money), unearmarked, gain
conflicts : conflict (number), rule, words, change
rule_of_thumb : measure, plan, rule_of_thumb
overlaps : site, activity, organisations ("one; other"), people, need, at_least and at_most (served twice),
    money_at_most
gaps : site, activity, need, served, gap, beside (the site of an overlap)

and ``notes`` (sentences) and ``against_rule`` (one sentence on the gain over the rule of thumb).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.report import figures, words
from pklogistics.report.naming import names_of, renamed

_HEADINGS: Mapping[str, Mapping[str, str]] = {
    "shortfalls": {
        "site": "Site",
        "activity": "Activity",
        "severity": "Severity",
        "unmet": "Unmet",
        "periods": "Periods",
        "reason": "What binds",
        "people": "If just that gave way",
        "proven": "Proven",
    },
    "values": {
        "kind": "What is scarce",
        "name": "Which",
        "measure": "One more",
        "people": "People served",
        "weighted": "Weighted need",
        "most": "Holds for",
        "confirmed": "Confirmed",
    },
    "stuck": {
        "fund": "Fund",
        "left": "Left",
        "added": "One more added",
        "unearmarked": "One un-earmarked",
        "gain": "Gain",
    },
    "conflicts": {
        "conflict": "Conflict",
        "rule": "Rule",
        "words": "These cannot hold together",
        "change": "Change",
    },
    "rule_of_thumb": {"measure": "Measure", "plan": "This plan", "rule_of_thumb": "Rule of thumb"},
    "overlaps": {
        "site": "Site",
        "activity": "Activity",
        "organisations": "Organisations",
        "people": "Served",
        "need": "In need",
        "at_least": "Twice, at least",
        "at_most": "At most",
        "money_at_most": "Money, at most",
    },
    "gaps": {
        "site": "Site",
        "activity": "Activity",
        "need": "In need",
        "served": "Served",
        "gap": "Gap",
        "beside": "Overlap at",
    },
}
"""The columns that are shown of each table, in order, and what stands above them."""

_NAMED = {"site": "site", "beside": "site", "activity": "activity"}
"""Columns of keys, and of which table they are."""


def _none() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, eq=False)
class Reasons:
    """Tables ready to be shown: headings for columns, names for keys. Those without rows are not shown."""

    shortfalls: pd.DataFrame = field(default_factory=_none)
    values: pd.DataFrame = field(default_factory=_none)
    stuck: pd.DataFrame = field(default_factory=_none)
    conflicts: pd.DataFrame = field(default_factory=_none)
    rule_of_thumb: pd.DataFrame = field(default_factory=_none)
    overlaps: pd.DataFrame = field(default_factory=_none)
    gaps: pd.DataFrame = field(default_factory=_none)
    gravest: tuple[str, ...] = ()
    one_more: str = ""
    against_rule: str = ""
    notes: tuple[str, ...] = ()


NO_REASONS = Reasons()
"""Adds nothing."""


def reasons(mission: Mission, *found: object) -> Reasons:
    """Return what explanations (see above) say, ready to be shown: of each table the first that is there."""

    def of(name: str, otherwise: Any) -> Any:
        return next((getattr(each, name) for each in found if hasattr(each, name)), otherwise)

    tables = {name: _table(mission, of(name, pd.DataFrame())) for name in _HEADINGS}
    tables["shortfalls"] = _once(tables["shortfalls"])
    return Reasons(
        **{name: _shown(name, frame) for name, frame in tables.items()},
        gravest=_gravest(tables["shortfalls"]),
        one_more=_one_more(tables["values"], mission.header.currency),
        against_rule=str(of("against_rule", "")),
        notes=tuple(of("notes", ())),
    )


def _table(mission: Mission, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with names in place of keys."""
    for column, kind in _NAMED.items():
        if column in frame:
            frame = frame.assign(**{column: renamed(frame[column], names_of(mission, kind))})
    if "organisations" in frame:
        names = names_of(mission, "organisation")
        each = frame["organisations"].str.split("; ").explode()
        frame = frame.assign(organisations=renamed(each, names).groupby(level=0).agg("; ".join))
    return frame


def _once(shortfalls: pd.DataFrame) -> pd.DataFrame:
    """Return a row per site, activity and reason, its periods as "1-3, 5", people of the worst period."""
    keys = [name for name in ("site", "activity", "reason") if name in shortfalls]
    if "period" not in shortfalls or len(keys) < 3:
        return shortfalls
    grouped = shortfalls.groupby(keys, sort=False)
    kept = {name: "max" for name in ("severity", "unmet", "people") if name in shortfalls}
    kept |= {"proven": "min"} if "proven" in shortfalls else {}
    rows = grouped.agg(kept).assign(periods=grouped["period"].agg(figures.period_ranges))
    return rows.reset_index()


def _shown(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    columns = {column: heading for column, heading in _HEADINGS[name].items() if column in frame}
    shown = frame[list(columns)].rename(columns=columns)
    flags = [column for column, kind in shown.dtypes.items() if pd.api.types.is_bool_dtype(kind)]
    return shown.assign(**{str(column): shown[column].map({True: "yes", False: "no"}) for column in flags})


def _gravest(shortfalls: pd.DataFrame) -> tuple[str, ...]:
    if not {"site", "activity", "unmet", "reason"} <= set(shortfalls):
        return ()
    rows = figures.records(shortfalls.head(3))
    return tuple(
        f"{row['activity']} at {row['site']}, {words.short_number(row['unmet'])} people: {row['reason']}."
        for row in rows
    )


def _one_more(values: pd.DataFrame, currency: str) -> str:
    """Return a sentence on what more money in the fund where it does most would do."""
    if not {"table", "name", "people", "weighted"} <= set(values):
        return ""
    funds = values[(values["table"] == "funds") & (values["weighted"] > 0)]
    if funds.empty:
        return f"Nothing: no need waits for {currency} alone" if len(values) else ""
    best = funds.sort_values("weighted", ascending=False, kind="stable").iloc[0]
    sentence = (
        f"1,000 {currency} more in {best['name']} serve {words.number(1000 * best['people'])} more needs"
    )
    most = best.get("most")
    return sentence + (f", up to {words.short_number(most)} {currency}" if pd.notna(most) else "")
