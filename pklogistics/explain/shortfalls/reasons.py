"""Why each shortfall is there: what could not serve it whatever the plan, and what binds otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.sentences import number
from pklogistics.explain.limits.wording import OPEN, UNTOLD, WEIGHED, WEIGHED_TOO, Chain, Wording
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

_ASKING = 0.6
"""The part of the time that is for asking: to put the answers into words takes half as long again."""

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

    The gravest come first, in the table and in the asking; after ``until`` no more questions are asked.
    """
    short = _short(questions.model, questions.x)
    kinds, words = out_of_reach(questions.model, short)
    lines = _lines_of(questions, short)
    found = _answered(questions, short, kinds == "", until.part(_ASKING))
    chains = _chains(questions, wording, short, found)
    sets, activity = questions.model.assembly.sets, questions.model.assembly.sets.needs["activity"]
    whole = sets.activities["all_or_nothing"].to_numpy(bool)[activity.to_numpy(np.int64)[short]]
    told = [
        said or _reason(chain, answer, left, bool(all_of_it), _Free.of(questions, free))
        for said, chain, answer, left, all_of_it, free in zip(
            words, chains, found.answers, lines["unmet"], whole, found.free, strict=True
        )
    ]
    lines = lines.assign(
        kind=[kind or chain.kind for kind, chain in zip(kinds, chains, strict=True)],
        reason=told,
        people=[0.0 if answer is None else answer.people for answer in found.answers],
        proven=(kinds != "") | found.proven,
    )
    limits = [
        {**line, "shortfall": at, "free": 0.0 if answer is None else answer.people}
        for at, (chain, answer) in enumerate(zip(chains, found.free, strict=True))
        for line in chain.limits
    ]
    return lines[list(SHORTFALL_COLUMNS)], pd.DataFrame(limits, columns=["limit", "free", *LIMIT_COLUMNS])


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


def _chains(questions: Questions, wording: Wording, short: Ints, found: _Answered) -> list[Chain]:
    """Return what binds each of these needs."""
    needs = questions.model.assembly.sets.needs.iloc[short]
    unmet = questions.x[questions.model.assembly.unmet[short]]
    begun = unmet < needs["net"].to_numpy() * (1 - 1e-9)
    return [
        wording.of(answer, weight, asked=bool(was), begun=bool(part))
        for answer, weight, was, part in zip(
            found.answers, needs["weight"].tolist(), found.asked, begun, strict=True
        )
    ]


class _Free(NamedTuple):
    """Who could be served with nothing relaxed, and whether they cost more than they count for."""

    people: float
    weighed: bool

    @classmethod
    def of(cls, questions: Questions, answer: Answer | None) -> _Free | None:
        """Return what an answer with nothing relaxed says; None if there is none."""
        return None if answer is None else cls(answer.people, questions.dearer(answer, relaxed=False))


def _reason(chain: Chain, answer: Answer | None, unmet: float, whole: bool, free: _Free | None) -> str:
    """Return the words of a reason: of how many it is told, if not of all, and what binds.

    ``free``: those who could be served with nothing relaxed, if that is told beside what binds the others.
    """
    if answer is None or not answer.people:
        return chain.words
    part = answer.people < unmet * (1 - _ALL)
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
    kinds = np.array([_BY_WORDS.get(said.partition(":")[0], "goods") for said in words], dtype=object)
    kinds[led] = "lead"
    structural = ~served[short]
    return np.where(structural, kinds[short], ""), np.where(structural, words[short], "")


@dataclass(frozen=True)
class _Answered:
    """What was answered about shortfalls, a line each.

    Attributes
    ----------
    answers : None where there is none
    free : the answer with nothing relaxed, where ``answers`` has one for those beyond it
    asked : whether it was asked in time
    proven : whether the answer is proven
    """

    answers: list[Answer | None]
    free: list[Answer | None]
    asked: Bools
    proven: Bools


def _answered(questions: Questions, short: Ints, open_: Bools, until: Deadline) -> _Answered:
    """Ask about each shortfall that is open, site by site, in the order of the gravest."""
    answers: list[Answer | None] = [None] * len(short)
    asked, least = np.zeros((2, len(short)), dtype=bool)
    for question, lines in _by_site(questions, short, np.flatnonzero(open_), until):
        for at in lines:
            answers[at], least[at] = question.rounded(int(short[at]))
            asked[at] = True
    # Every shortfall has a reason before any is looked at a second time for a lesser one.
    for question, lines in _by_site(questions, short, np.flatnonzero(asked & ~least), until):
        for at in lines:
            answers[at] = question.least(int(short[at]), answers[at])
    proven = [answer is not None and (not answer.people or questions.proves(answer)) for answer in answers]
    free, beyond = _beyond_free(questions, short, answers, until)
    again = [one is not other for one, other in zip(answers, beyond, strict=True)]
    return _Answered(beyond, free, asked, np.array(proven, dtype=bool) | np.array(again, dtype=bool))


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
