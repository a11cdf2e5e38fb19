"""Why each shortfall is there: what could not serve it whatever the plan, and what binds otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.sentences import number
from pklogistics.explain.limits.wording import OPEN, UNTOLD, WEIGHED, Chain, Wording
from pklogistics.explain.results import LIMIT_COLUMNS, SHORTFALL_COLUMNS
from pklogistics.explain.shortfalls.questions import Answer, Questions
from pklogistics.explain.shortfalls.site_question import SiteQuestion
from pklogistics.model.build import Model
from pklogistics.model.coordination.options import possible_options
from pklogistics.model.force.reasons import NO_POST
from pklogistics.model.labels import labelled
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.model.reasons import NO_MAX, NO_STAFF, NO_TOTAL, NO_UNIT, NOBODY_OFFERS, NOT_HERE, reasons
from pklogistics.model.sets import BLANK
from pklogistics.plan import Plan

_BY_WORDS = {
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

_ALL = 1e-3
"""All but this part of a shortfall are all of it."""

_OF_SOME = {
    WEIGHED: "could be served, but cost more than they count for in the mission's objective",
    OPEN: "could be served: the search ended before they were",
}
"""What is told of some of a shortfall, by the kinds that name no limit."""

WHOLE = "it is served whole or not at all"


def explain_shortfalls(
    questions: Questions, wording: Wording, until: Deadline
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of shortfalls and of the limits that bind them, with the numbers of these.

    The gravest come first, in the table and in the asking; after ``until`` no more
    questions are asked.
    """
    model, x = questions.model, questions.x
    short = _short(model, x)
    needs = model.assembly.sets.needs.iloc[short]
    unmet = x[model.assembly.unmet[short]]
    kinds, words = out_of_reach(model, short)
    answers, asked, proven = _answers(questions, short, kinds == "", until)
    first = answers
    free, answers = _beyond_free(questions, short, first, until)
    proven |= np.array([one is not other for one, other in zip(first, answers, strict=True)], dtype=bool)
    weights = needs["weight"].tolist()
    whole = model.assembly.sets.activities["all_or_nothing"].to_numpy(bool)[needs["activity"]]
    begun = unmet < needs["net"].to_numpy() * (1 - 1e-9)
    chains = [
        wording.of(answer, weight, asked=bool(was), begun=bool(part))
        for answer, weight, was, part in zip(answers, weights, asked, begun, strict=True)
    ]
    lines = pd.DataFrame(
        {
            **{
                name: labelled(model.assembly.sets, needs, {name: None})[name]
                for name in ("site", "activity", "sector")
            },
            "period": needs["period"].to_numpy(),
            "severity": np.where(needs["severity"] > 0, needs["severity"], np.nan),
            "unmet": unmet,
            "weighted": unmet * needs["weight"].to_numpy(),
            "kind": [kind or chain.kind for kind, chain in zip(kinds, chains, strict=True)],
            "reason": [
                said or _some_free(questions, part, answer) + _reason(chain, answer, left, all_of_it, part)
                for said, chain, answer, left, all_of_it, part in zip(
                    words, chains, answers, unmet, whole, free, strict=True
                )
            ],
            "people": [0.0 if answer is None else answer.people for answer in answers],
            "proven": (kinds != "") | proven,
        }
    )
    limits = [chain.limits.assign(shortfall=at) for at, chain in enumerate(chains) if len(chain.limits)]
    table = (
        pd.concat(limits, ignore_index=True) if limits else pd.DataFrame(columns=["limit", *LIMIT_COLUMNS])
    )
    return lines[list(SHORTFALL_COLUMNS)], table[["limit", *LIMIT_COLUMNS]]


def _reason(chain: Chain, answer: Answer | None, unmet: float, whole: bool, free: Answer | None) -> str:
    """Return the words of a reason: of how many it is told, if not of all, and what binds.

    ``free``: the answer of those who could be served with nothing relaxed, if that is told already.
    """
    if answer is None or not answer.people:
        return chain.words
    part = answer.people < unmet * (1 - _ALL)
    if free is not None:
        more = f"{number(answer.people - free.people)} more of them" if part else "the others"
        return f"{more} could be, but {chain.words}"
    some = f"{number(answer.people)} of them " if part else ""
    if not len(chain.limits):
        return some + _OF_SOME[chain.kind] if some else chain.words
    who = f"{some}could be served, but " if some else ""
    return f"{who}{chain.words}{f'; {WHOLE}' if whole else ''}"


def _some_free(questions: Questions, free: Answer | None, answer: Answer | None) -> str:
    """Return words for those of a need who could be served with nothing relaxed, none if that is nobody."""
    if free is None or answer is None:
        return ""
    kind = WEIGHED if questions.dearer(free, relaxed=False) else OPEN
    return f"{number(free.people)} of them {_OF_SOME[kind]}; "


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
    kinds = np.array([_BY_WORDS.get(said.partition(":")[0], "goods") for said in words], dtype=object)
    kinds[led] = "lead"
    structural = ~served[short]
    return np.where(structural, kinds[short], ""), np.where(structural, words[short], "")


def _answers(
    questions: Questions, short: Ints, open_: Bools, until: Deadline
) -> tuple[list[Answer | None], Bools, Bools]:
    """Ask about each shortfall, site by site, in the order of the gravest.

    Returns the answers, which shortfalls were asked about, and which answers are proven.
    """
    answers: list[Answer | None] = [None] * len(short)
    asked, proven, least = np.zeros((3, len(short)), dtype=bool)
    for question, lines in _by_site(questions, short, np.flatnonzero(open_), until):
        for at in lines:
            answers[at], least[at] = question.rounded(int(short[at]))
            asked[at] = True
    # Every shortfall has a reason before any is looked at a second time for a lesser one.
    for question, lines in _by_site(questions, short, np.flatnonzero(asked & ~least), until):
        for at in lines:
            answers[at] = question.least(int(short[at]), answers[at])
    for at, answer in enumerate(answers):
        proven[at] = answer is not None and (answer.people == 0 or questions.proves(answer))
    return answers, asked, proven


def _beyond_free(
    questions: Questions, short: Ints, answers: list[Answer | None], until: Deadline
) -> tuple[list[Answer | None], list[Answer | None]]:
    """Ask once more where some, not all, of a shortfall could be served with nothing relaxed: for the others.

    Returns the answers of these, as far as something was found that binds the others, and all answers anew.
    """
    free: list[Answer | None] = [None] * len(short)
    unmet = questions.x[questions.model.assembly.unmet[short]]
    some = [
        answer is not None and not len(answer.limits) and 0 < answer.people < left * (1 - _ALL)
        for answer, left in zip(answers, unmet, strict=True)
    ]
    found = list(answers)
    for question, lines in _by_site(questions, short, np.flatnonzero(some), until):
        for at in lines:
            before = answers[at]
            assert before is not None, "some could be served"
            again = question.beyond(int(short[at]), before)
            if again is not None and again.people > before.people and questions.proves(again):
                found[at], free[at] = again, before if len(again.limits) else None
    return free, found


def _by_site(
    questions: Questions, short: Ints, lines: Ints, until: Deadline
) -> Iterator[tuple[SiteQuestion, list[int]]]:
    """Yield the program of each site of these lines of ``short``, with its lines, until the time is up."""
    site = questions.model.assembly.sets.needs["site"].to_numpy(np.int64)[short[lines]]
    for here, own in pd.Series(lines).groupby(site, sort=False):
        if until.passed:
            return
        yield questions.at_site(int(str(here))), own.tolist()


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
