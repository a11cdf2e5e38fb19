"""What one more is worth of what comes whole: a unit, an organisation under a cap, a site, an open depot.

No price tells it, for half a unit may be worth nothing. So where such a limit is reached, the sites that lose
most of those it holds for are asked what one more of it would serve there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.kinds import COUNTED
from pklogistics.explain.limits.limits import NONE
from pklogistics.explain.limits.places import EMPTY
from pklogistics.explain.shortfalls.exact_site import one_more
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.values.scarce import Piece
from pklogistics.model.program import SHARED, Floats, Ints

_SITES = 5
"""So many sites are asked of each thing: those that lose most."""

_SOMEBODY = 1e-3
"""Fewer people are what the solver's roundings of two programs leave between them."""


def one_more_of_each(
    questions: Questions, shortfalls: pd.DataFrame, until: Deadline
) -> list[tuple[int, Piece]]:
    """Return what one more of each thing that is all in use would serve at the best of a few sites.

    What could be served there without it, because the search ended too early, does not count; where that
    is not known nothing is told. Each is told with the number of its limit. The sites that lose most come
    first; after ``until`` no more are asked.
    """
    sets = questions.model.assembly.sets
    lost = np.zeros(len(sets.sites))
    np.add.at(lost, sets.names.codes("site", shortfalls["site"]), shortfalls["weighted"].to_numpy(float))
    best: dict[int, Piece] = {}
    for site, lines in _asked(questions, _reached(questions), lost).groupby("site", sort=False):
        if until.passed:
            break
        at = int(str(site))
        question = questions.at_site(at, until=until)
        without = one_more(question, EMPTY)
        if not without.best:
            continue
        for limit in lines["limit"].tolist():
            if until.passed:
                break
            served = one_more(question, np.array([limit]))
            weighted, people = served.weighted - without.weighted, served.people - without.people
            if people > _SOMEBODY and weighted > (best[limit].weighted if limit in best else 0.0):
                best[limit] = Piece(1.0, people, weighted, site=at)
    return list(best.items())


def _reached(questions: Questions) -> Ints:
    """Return the limits that are reached."""
    limits, program = questions.limits, questions.model.program
    rows = np.flatnonzero(limits.of_row != NONE)
    kinds = limits.table["kind"].to_numpy(dtype=object)[limits.of_row[rows]]
    full = questions.activity[rows] > program.row_upper[rows] - 1 + 1e-6
    return np.unique(limits.of_row[rows[full & np.isin(kinds, COUNTED)]])


def _asked(questions: Questions, reached: Ints, lost: Floats) -> pd.DataFrame:
    """Return which sites to ask of each limit, in columns limit and site.

    Of those that it may serve the few that lose most, which come first.
    """
    of_row = questions.limits.of_row
    rows = np.flatnonzero(np.isin(of_row, reached))
    entries = questions.matrix[rows].tocoo()
    sites = questions.model.program.col_block[entries.col]
    tied = pd.DataFrame({"limit": of_row[rows][entries.row], "site": sites})
    tied = tied[tied["site"] != SHARED].drop_duplicates()
    # What is at no site, such as an open depot, may serve any.
    anywhere = np.setdiff1d(reached, tied["limit"])
    worst = np.argsort(-lost, kind="stable")[:_SITES]
    pairs = pd.MultiIndex.from_product([anywhere, worst], names=["limit", "site"]).to_frame(index=False)
    every = pd.concat([tied, pairs], ignore_index=True)
    every = every[lost[every["site"].to_numpy(np.int64)] > 0]
    order = np.argsort(-lost[every["site"].to_numpy(np.int64)], kind="stable")
    few: pd.DataFrame = every.iloc[order].groupby("limit").head(_SITES)
    return few
