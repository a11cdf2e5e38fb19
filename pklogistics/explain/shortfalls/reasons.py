"""Why each shortfall is there: what could not serve it whatever the plan, and what binds otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.chain import OPEN, UNTOLD, WEIGHED, WEIGHED_TOO, Chain
from pklogistics.explain.limits.sentences import number
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.results import LIMIT_COLUMNS, SHORTFALL_COLUMNS
from pklogistics.explain.shortfalls.asking import ALL, Found, found_out
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.model.build import Model
from pklogistics.model.coordination.options import possible_options
from pklogistics.model.force.reasons import NO_POST
from pklogistics.model.labels import labelled
from pklogistics.model.program import Floats, Ints
from pklogistics.model.reasons import NO_MAX, NO_STAFF, NO_TOTAL, NO_UNIT, NOBODY_OFFERS, NOT_HERE, reasons
from pklogistics.model.sets import BLANK
from pklogistics.plan import Plan

BY_WORDS = {
    NOBODY_OFFERS: "nobody",
    NOT_HERE: "nobody_here",
    NO_UNIT: "no_unit",
    NO_POST: "no_post",
    NO_STAFF: "staff",
    NO_TOTAL: "max_people_total",
    NO_MAX: "max_people",
}
"""Kinds by what reasons begin with; the others are of goods."""

LEAD_ABSENT = "who leads this activity here cannot work here, and others may not go before it"

_COST_MORE = "cost more than they count for in the mission's objective"

_OF_SOME = {
    WEIGHED: f"could be served, but {_COST_MORE}",
    OPEN: "could be served: the search ended before they were",
}
"""What is told of some of a shortfall, by the kinds that name no limit."""

WHOLE = "it is served whole or not at all"


def explain_shortfalls(
    questions: Questions, wording: Wording, until: Deadline
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of shortfalls and of the limits that bind them, with the numbers of these.

    Where some of a shortfall and all of it are told of, ``of_all`` tells which a limit is of.
    The gravest come first, in the table and in the asking, which ends at ``until``, with all that was found
    out proven and worded.
    """
    short = _short(questions.model, questions.x)
    kinds, words = out_of_reach(questions.model, short)
    lines = _lines_of(questions, short)
    found = found_out(questions, wording, short, np.flatnonzero(kinds == ""), until)
    sets, activity = questions.model.assembly.sets, questions.model.assembly.sets.needs["activity"]
    whole = sets.activities["all_or_nothing"].to_numpy(bool)[activity.to_numpy(np.int64)[short]]
    told = [
        said or _reason(each, left, bool(all_of_it))
        for said, each, left, all_of_it in zip(words, found, lines["unmet"], whole, strict=True)
    ]
    lines = lines.assign(
        kind=[kind or each.chain.kind for kind, each in zip(kinds, found, strict=True)],
        reason=told,
        people=[0.0 if each.answer is None else each.answer.people for each in found],
        proven=(kinds != "") | np.array([each.proven for each in found], dtype=bool),
    )
    limits = [
        {**line, "shortfall": at, "free": 0.0 if each.free is None else each.free.people, "of_all": of_all}
        for at, each in enumerate(found)
        for chain, of_all in ((each.chain, False), (each.all_of_it, True))
        for line in (() if chain is None else chain.limits)
    ]
    columns = ["limit", "free", "of_all", *LIMIT_COLUMNS]
    return lines[list(SHORTFALL_COLUMNS)], pd.DataFrame(limits, columns=columns).astype({"of_all": bool})


def _lines_of(questions: Questions, short: Ints) -> pd.DataFrame:
    """Return the labels of these needs, and how many of them are not served."""
    sets, needs = questions.model.assembly.sets, questions.model.assembly.sets.needs.iloc[short]
    unmet = questions.x[questions.model.assembly.unmet[short]]
    names = ("site", "activity", "sector")
    return pd.DataFrame(
        {
            **{name: labelled(sets, needs, {name: None})[name] for name in names},
            "period": needs["period"].to_numpy(),
            "severity": np.where(needs["severity"] > 0, needs["severity"], np.nan),
            "unmet": unmet,
            "weighted": unmet * needs["weight"].to_numpy(),
        }
    )


def _reason(found: Found, unmet: float, whole: bool) -> str:
    """Return the words of a reason: of how many it is told, if not of all, and what binds.

    Those who could be served with nothing relaxed are told beside what binds the others, and so is what binds
    all of them, where that is more.
    """
    said = _of_answer(found, unmet, whole)
    return (
        said if found.all_of_it is None else f"{said}; all of them could be, but {_in_full(found.all_of_it)}"
    )


def _of_answer(found: Found, unmet: float, whole: bool) -> str:
    """Return the words of an answer."""
    answer, chain, free = found.answer, found.chain, found.free
    if answer is None or not answer.people:
        return chain.words
    part = answer.people < unmet * (1 - ALL)
    if free is not None:
        more = f"{number(answer.people - free.people)} more of them" if part else "the others"
        if chain.weighed and free.weighed:
            return (
                f"{number(free.people)} of them could be served; {more} could be, but {chain.words};"
                f" all of these {_COST_MORE}"
            )
        some = _OF_SOME[WEIGHED if free.weighed else OPEN]
        return f"{number(free.people)} of them {some}; {more} could be, but {_in_full(chain)}"
    some = f"{number(answer.people)} of them " if part else ""
    if not len(chain.limits):
        return some + _OF_SOME[chain.kind] if some else chain.words
    who = f"{some}could be served, but " if some else ""
    return f"{who}{_in_full(chain)}{f'; {WHOLE}' if whole else ''}"


def _in_full(chain: Chain) -> str:
    """Return the words of a chain, and that serving would cost too much all the same, where that is so."""
    return f"{chain.words}; {WEIGHED_TOO}" if chain.weighed else chain.words


def _short(model: Model, x: Floats) -> Ints:
    """Return the needs that are not fully served, the gravest first."""
    unmet = model.assembly.unmet
    left = np.where(unmet == BLANK, 0.0, np.append(x, 0.0)[unmet])
    short = np.flatnonzero(left > 0)
    weighted = left[short] * model.assembly.sets.needs["weight"].to_numpy(float)[short]
    order: Ints = short[np.argsort(-weighted, kind="stable")]
    return order


def out_of_reach(model: Model, short: Ints) -> tuple[np.ndarray, np.ndarray]:
    """Return kind and words of needs, by number, that no plan could serve, "" for the others."""
    assembly = model.assembly
    upper = model.program.col_upper
    able = upper[assembly.service["served"].to_numpy(np.int64)] > 0
    served = np.zeros(len(assembly.sets.needs), dtype=bool)
    served[assembly.service["n"].to_numpy(np.int64)[able]] = True
    words = reasons(assembly).astype(object)
    offered = np.zeros(len(served), dtype=bool)
    offered[possible_options(assembly.sets)["n"]] = True
    kept = np.zeros(len(served), dtype=bool)
    kept[assembly.options["n"]] = True
    led = offered & ~kept & (words == NOT_HERE)
    words[led] = LEAD_ABSENT
    kinds = np.array([BY_WORDS.get(said.partition(":")[0], "goods") for said in words], dtype=object)
    kinds[led] = "lead"
    structural = ~served[short]
    return np.where(structural, kinds[short], ""), np.where(structural, words[short], "")


def with_reasons(plan: Plan, shortfalls: pd.DataFrame) -> Plan:
    """Return the plan with the reasons told in place of those that the tables alone give; it is not changed.

    Where no reason was told in time the plan's own words stay.
    """
    keys = ["site", "activity", "period"]
    told = shortfalls.loc[shortfalls["kind"] != UNTOLD, [*keys, "reason"]].rename(columns={"reason": "told"})
    table = plan.tables["shortfalls"]
    found = table[keys].merge(told, on=keys, how="left")["told"]
    reason = found.where(found.notna(), table["reason"])
    return replace(plan, tables={**plan.tables, "shortfalls": table.assign(reason=reason)})
