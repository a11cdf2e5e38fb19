"""What an explanation adds to a report: why, what one more of anything would change, and against what.

The report knows no solver, so it takes an explanation as any object with plain tables of these names, each of
which may be missing, empty, or have more columns than are shown here:

shortfalls : site, activity, period, severity, unmet (people), kind and reason (what binds), people (who would
    be served if just that gave way), proven; the gravest first
values : kind, name (of the scarce thing), measure (one more of what), people (served by one more), weighted,
    most (how many it holds for), confirmed_people (the same by solving anew with ``step`` more), table, set
    (a step more, as ``--set`` takes it, or "")
stuck : fund, left, added (weighted need met by one more unit of money), unearmarked, gain, confirmed_gain
    (gain by solving anew), needed_by
conflicts : conflict (number), rule, words, change, set (as ``--set`` takes it, or "")
rule_of_thumb : measure, plan, rule_of_thumb
overlaps : site, activity, organisations ("one; other"), people, need, at_least and at_most (served twice),
    money_at_most
gaps : site, activity, need, served, gap, beside (the site of an overlap)

and ``notes`` (sentences) and ``against_rule`` (one sentence on what differs from the rule of thumb).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pklogistics.instance.duplication import duplication
from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.plan.changes import as_options
from pklogistics.report import figures, words
from pklogistics.report.against import held_against
from pklogistics.report.naming import names_of, renamed, retold, reworded

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
        "confirmed_people": "People, solved anew",
        "set": "As the command line takes it",
    },
    "stuck": {
        "fund": "Fund",
        "left": "Left",
        "added": "One more added",
        "unearmarked": "One un-earmarked",
        "gain": "Gain",
        "confirmed_gain": "Solved anew",
        "needed_by": "Needed by",
    },
    "conflicts": {
        "conflict": "Conflict",
        "rule": "Rule",
        "words": "These cannot hold together",
        "change": "Change",
        "set": "As the command line takes it",
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

_NAMED = {"site": "site", "beside": "site", "activity": "activity", "fund": "fund"}
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
    kinds: pd.DataFrame = field(default_factory=_none)
    gravest: tuple[str, ...] = ()
    one_more: str = ""
    freed: tuple[str, ...] = ()
    against_rule: str = ""
    notes: tuple[str, ...] = ()


NO_GAIN = 1e-9
"""Weighted need that a unit of money meets, below which it is what a solver left of nothing."""

MOST_SENTENCES = 3

NO_REASONS = Reasons()
"""Adds nothing."""


def known(
    mission: Mission, plan: Plan, explanation: object | None = None, rule_of_thumb: Plan | None = None
) -> Reasons:
    """Return all that is known beside a plan: its explanation, the rule of thumb, and overlaps before it."""
    return reasons(mission, explanation, held_against(mission, plan, rule_of_thumb), duplication(mission))


def reasons(mission: Mission, *found: object) -> Reasons:
    """Return what explanations (see above) say, ready to be shown: of each table the first that is there."""

    def of(name: str, otherwise: Any) -> Any:
        return next((getattr(each, name) for each in found if hasattr(each, name)), otherwise)

    tables = {name: _table(mission, of(name, pd.DataFrame())) for name in _HEADINGS}
    kinds = _kinds(mission, tables["shortfalls"])
    freed = _freed(tables["stuck"], mission.header.currency)
    tables["shortfalls"] = _once(tables["shortfalls"])
    one_more = _one_more(tables, mission.header.currency, freed=bool(freed))
    values = tables["values"]
    if {"most", "step"} <= set(values):
        tables["values"] = _as_told(values)
    for name in ("values", "conflicts"):
        if "set" in tables[name]:
            typed = [as_options([change]) if change else "" for change in tables[name]["set"]]
            tables[name] = tables[name].assign(set=typed)
    stuck = tables["stuck"]
    if {"confirmed_gain", "gain", "step"} <= set(stuck):
        told = _solved_anew(figures.records(stuck), "confirmed_gain", "gain")
        tables["stuck"] = stuck.assign(confirmed_gain=told.to_numpy())
    return Reasons(
        **{name: _shown(name, frame) for name, frame in tables.items()},
        kinds=kinds,
        gravest=_gravest(tables["shortfalls"]),
        one_more=one_more,
        freed=freed,
        against_rule=str(of("against_rule", "")),
        notes=retold(mission, of("notes", ())),
    )


def _table(mission: Mission, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with names in place of keys, and words in place of ours."""
    for column, kind in _NAMED.items():
        if column in frame:
            frame = frame.assign(**{column: renamed(frame[column], names_of(mission, kind))})
    frame = reworded(mission, frame)
    for column in ("kind", "rule"):
        if column in frame:
            frame = frame.assign(**{column: frame[column].astype("str").map(words.kind)})
    if "organisations" in frame:
        names = names_of(mission, "organisation")
        each = frame["organisations"].str.split("; ").explode()
        frame = frame.assign(organisations=renamed(each, names).groupby(level=0).agg("; ".join))
    return frame


def _as_told(values: pd.DataFrame) -> pd.DataFrame:
    """Return the values with words for how far they hold, and of those that may be more."""
    rows = figures.records(values)
    held = [words.holds_for(row["most"], row["step"], row.get("further", False)) for row in rows]
    values = values.assign(most=held, name=values["name"].replace("", "the whole mission"))
    if {"at_least", "confirmed_people"} <= set(values):
        anew = _solved_anew(rows, "confirmed_people", "people")
        least = values["at_least"].eq(True).to_numpy()
        values["confirmed_people"] = anew.where(~least, anew + " or more").to_numpy()
    return values


def _solved_anew(rows: list[dict[str, Any]], confirmed: str, said: str) -> pd.Series:
    """Return what confirmed figures are, and of how many more where prices say something else."""
    told = [
        words.fine(row[confirmed]) + words.of_so_many(row[confirmed], row[said], row["step"]) for row in rows
    ]
    return pd.Series(told, dtype=object)


def _once(shortfalls: pd.DataFrame) -> pd.DataFrame:
    """Return a row per site, activity and kind of reason: the gravest of its periods, which are "1-3, 5"."""
    keys = ["site", "activity", "kind" if "kind" in shortfalls else "reason"]
    if not {"period", *keys} <= set(shortfalls):
        return shortfalls
    grouped = shortfalls.groupby(keys, sort=False)
    rows = grouped.first().assign(periods=grouped["period"].agg(figures.period_ranges))
    return rows.reset_index()


def _shown(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    columns = {column: heading for column, heading in _HEADINGS[name].items() if column in frame}
    shown = frame[list(columns)].rename(columns=columns)
    flags = [column for column, kind in shown.dtypes.items() if pd.api.types.is_bool_dtype(kind)]
    return shown.assign(**{str(column): shown[column].map({True: "yes", False: "no"}) for column in flags})


def _gravest(shortfalls: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence for each of the gravest shortfalls, with the first limits that bind."""
    if not {"site", "activity", "unmet", "reason"} <= set(shortfalls):
        return ()
    rows = figures.records(shortfalls.drop_duplicates(["site", "activity"]).head(MOST_SENTENCES))
    return tuple(
        f"{row['activity']} at {row['site']}, {words.short_number(row['unmet'])} people:"
        f" {words.first_limits(row['reason'])}."
        for row in rows
    )


def _kinds(mission: Mission, shortfalls: pd.DataFrame) -> pd.DataFrame:
    """Return the people left without by what binds, average of a period, the most first."""
    if not {"kind", "unmet"} <= set(shortfalls):
        return pd.DataFrame()
    sums = shortfalls.groupby("kind", sort=False)["unmet"].sum().sort_values(ascending=False, kind="stable")
    return (sums / mission.T).rename_axis("What binds").rename("People").reset_index()


def _one_more(tables: Mapping[str, pd.DataFrame], currency: str, *, freed: bool) -> str:
    """Return a sentence on what more money in the fund where it does most would do.

    That it would do nothing is said only where every fund was priced: there may have been no time for it.
    """
    values, stuck = tables["values"], tables["stuck"]
    priced = len(stuck) > 0 and not ("gain" in stuck and stuck["gain"].isna().any())
    if not {"table", "name", "people", "weighted"} <= set(values):
        return ""
    funds = values[(values["table"] == "funds") & (values["weighted"] > 0)]
    if funds.empty:
        if freed:
            return f"Nothing in any fund as it is: earmarks and dates hold {currency} back"
        return f"Nothing: no need waits for {currency} alone" if priced else ""
    funds = funds.sort_values("weighted", ascending=False, kind="stable")
    told = [name for name in ("confirmed_people", "people", "weighted") if name in funds]
    column = next(name for name in told if funds[name].notna().any())
    return _told(funds.dropna(subset=column).iloc[0], column, currency)


def _freed(stuck: pd.DataFrame, currency: str) -> tuple[str, ...]:
    """Return a sentence on the fund whose unspent money would do most without its earmark, if any."""
    if not {"fund", "left", "unearmarked", "gain", "needed_by"} <= set(stuck):
        return ()
    held = stuck[(stuck["left"] >= 1) & (stuck["gain"] > NO_GAIN)]
    if held.empty:
        return ()
    best = held.sort_values("gain", ascending=False, kind="stable").iloc[0]
    money = min(1000.0, float(best["left"]))
    met = words.fine(money * float(best["unearmarked"]))
    needed = f" ({best['needed_by']})" if best["needed_by"] else ""
    return (
        f"Freed of its earmark, {words.number(money)} {currency} of {best['fund']} would meet about {met}"
        f" severity-weighted needs more{needed}.",
    )


def _told(best: pd.Series, column: str, currency: str) -> str:
    """Return what more money in a fund does, by one of its figures, for no more than this holds for."""
    most, step = (float(best.get(name, math.nan)) for name in ("most", "step"))
    if column == "confirmed_people" and step > 0:
        money, limit = step, " (solved anew)"
    elif most == 0 and step > 0:
        money, limit = step, " at once"
    else:
        money = 1000 if math.isnan(most) else 10 ** min(3, max(0, math.floor(math.log10(max(most, 1)))))
        limit = "" if math.isnan(most) else f", for the first {words.short_number(most)} {currency}"
    what = "severity-weighted needs" if column == "weighted" else "needs"
    met = words.fine(money * best[column])
    return f"{words.number(money)} {currency} more in {best['name']} would meet {met} {what} more{limit}"
