"""What one more is worth of what comes whole: a unit, an organisation under a cap, a site, an open depot.

No price tells it, for half a unit may be worth nothing. So where such a limit is reached, the sites that lose
most of those it holds for are asked what one more of it would serve there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.explain.exactly import one_more
from pklogistics.explain.kinds import COUNTED
from pklogistics.explain.limits import EMPTY, LABELS, period_of
from pklogistics.explain.questions import Questions
from pklogistics.explain.until import Until
from pklogistics.model.program import SHARED, Floats, Ints

_SITES = 5
"""So many sites are asked of each thing: those that lose most."""


def one_more_of_each(questions: Questions, shortfalls: pd.DataFrame, until: Until) -> pd.DataFrame:
    """Return what one more of each thing that is all in use would serve at the best of a few sites.

    What could be served there without it, because the search ended too early, does not count. A line each:
    ``kind`` and its labels, ``amount`` (what there is), ``people`` and ``weighted``. The sites that lose most
    come first; after ``until`` no more are asked.
    """
    sets = questions.model.assembly.sets
    lost = np.zeros(len(sets.sites))
    np.add.at(lost, sets.names.codes("site", shortfalls["site"]), shortfalls["weighted"].to_numpy(float))
    things = _reached(questions)
    best: dict[int, tuple[float, float]] = {}
    for site, lines in _asked(questions, things, lost).groupby("site", sort=False):
        if until.passed:
            break
        about = questions.about(int(str(site)))
        without = one_more(about, EMPTY)
        for number in lines["thing"].tolist():
            if until.passed:
                break
            weighted, people = np.subtract(one_more(about, things[number]), without).tolist()
            if weighted > 0:
                best[number] = max(best.get(number, (0.0, 0.0)), (weighted, people))
    numbers = [int(things[number][0]) for number in best]
    frame = questions.limits.table.iloc[numbers][["kind", *LABELS]].reset_index(drop=True)
    rows = [questions.limits.rows(number) for number in numbers]
    return frame.assign(
        period=period_of(questions.model, frame),
        amount=[float(questions.model.program.row_upper[each].max()) for each in rows],
        people=[people for _, people in best.values()],
        weighted=[weighted for weighted, _ in best.values()],
    )


def _reached(questions: Questions) -> list[Ints]:
    """Return the limits that are reached, those of one number of the tables together."""
    limits, program = questions.limits, questions.model.program
    rows = np.flatnonzero(limits.of_row >= 0)
    kinds = limits.table["kind"].to_numpy(dtype=object)[limits.of_row[rows]]
    full = questions.activity[rows] > program.row_upper[rows] - 1 + 1e-6
    numbers = np.unique(limits.of_row[rows[full & np.isin(kinds, COUNTED)]])
    table = limits.table.iloc[numbers].assign(number=numbers)
    table["period"] = period_of(questions.model, table)
    grouped = table.groupby(["kind", *LABELS], sort=False)["number"]
    return [group.to_numpy(np.int64) for _, group in grouped]


def _asked(questions: Questions, things: list[Ints], lost: Floats) -> pd.DataFrame:
    """Return which sites to ask of each thing, in columns thing and site.

    Of those that it may serve the few that lose most, which come first.
    """
    of_row = questions.limits.of_row
    number = np.repeat(np.arange(len(things)), [len(limits) for limits in things])
    thing_of = pd.Series(number, index=np.concatenate([EMPTY, *things]))
    rows = np.flatnonzero(np.isin(of_row, thing_of.index))
    entries = questions.matrix[rows].tocoo()
    sites = questions.model.program.col_block[entries.col]
    tied = pd.DataFrame({"thing": thing_of[of_row[rows]].to_numpy()[entries.row], "site": sites})
    tied = tied[tied["site"] != SHARED].drop_duplicates()
    # What is at no site, such as an open depot, may serve any.
    anywhere = np.setdiff1d(np.arange(len(things)), tied["thing"])
    worst = np.argsort(-lost, kind="stable")[:_SITES]
    pairs = pd.MultiIndex.from_product([anywhere, worst], names=["thing", "site"]).to_frame(index=False)
    every = pd.concat([tied, pairs], ignore_index=True)
    every = every[lost[every["site"].to_numpy(np.int64)] > 0]
    order = np.argsort(-lost[every["site"].to_numpy(np.int64)], kind="stable")
    few: pd.DataFrame = every.iloc[order].groupby("thing").head(_SITES)
    return few
