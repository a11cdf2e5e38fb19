"""A reason put to the test: the mission with just the named rows relaxed, compiled anew and solved again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.explain.limits.chain import OPEN, WEIGHED
from pklogistics.explain.limits.limits import relaxed
from pklogistics.explain.shortfalls.exact_site import most
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.instance.mission import Mission
from pklogistics.model.build import compile_mission
from pklogistics.model.encode import encode
from pklogistics.plan import Plan


def served_when_relaxed(mission: Mission, plan: Plan, shortfall: pd.Series, limits: pd.DataFrame) -> float:
    """Return the people whom the plan could serve in addition in the mission with these limits relaxed.

    The relaxed mission is compiled as for a search, the plan put into it, and the exact program of the site
    solved, in which nothing further may be relaxed, no other need is served less and no mandate is broken
    further. So the tier of need falls by these people, times their weight. 0 if nobody more can be served.

    Of goods of which there is more it does not matter which of them go where: elsewhere they may be others.

    Parameters
    ----------
    shortfall : a line of `Explanation.shortfalls`
    limits : lines of `Explanation.limits`, those of this shortfall
    """
    model = compile_mission(relaxed(mission, limits))
    refused = np.zeros(model.program.columns, dtype=bool)
    questions = Questions(model, encode(model, plan), refused, as_compiled=True)
    sets = model.assembly.sets
    n = sets.number_of(shortfall)
    more = sets.names.codes("commodity", limits.loc[limits["kind"] == "stock", "commodity"])
    alike = np.flatnonzero(np.isin(questions.commodity, more))
    return most(questions.at_site(int(sets.needs["site"][n]), alike), n)


def drawn(shortfalls: pd.DataFrame, count: int, seed: int) -> list[int]:
    """Return so many lines of shortfalls, drawn at random among those for which rows are named."""
    kinds = shortfalls["kind"].astype(str)
    other = (kinds == OPEN) | kinds.str.contains(WEIGHED)
    named = np.flatnonzero(shortfalls["proven"] & (shortfalls["people"] > 0) & ~other)
    lines: list[int] = np.random.default_rng(seed).permutation(named)[:count].tolist()
    return lines
