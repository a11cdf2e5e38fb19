"""What one more is worth of what comes whole: a unit, an organisation under a cap, a site, an open depot.

No price tells it, for half a unit may be worth nothing. So where such a limit is reached, the sites that lose
most of those it holds for are asked what one more of it would serve there.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from pklogistics.explain.answer import Answer
from pklogistics.explain.exactly import one_more
from pklogistics.explain.limits import LABELS
from pklogistics.explain.questions import Questions
from pklogistics.model.program import SHARED, Ints
from pklogistics.model.sets import BLANK

COUNTED = ("units", "cap", "max_sites", "open_depots")
"""Kinds of limits that are counts of something, of which more is of use at once."""

_SITES = 5
"""So many sites are asked of each thing: those that lose most."""

_EVERY_PERIOD = ("units", "max_sites", "open_depots")
"""Kinds whose number in the tables holds for every period."""


def one_more_of_each(questions: Questions, shortfalls: pd.DataFrame, deadline: float) -> pd.DataFrame:
    """Return what one more of each thing that is all in use would serve at the best of a few sites.

    What could be served there without it, because the search ended too early, does not count. A line each:
    ``kind`` and its labels, ``amount`` (what there is), ``people`` and ``weighted``. The sites that lose most
    come first; after ``deadline`` (of ``time.monotonic``) no more are asked.
    """
    sets = questions.model.assembly.sets
    lost = np.zeros(len(sets.sites))
    np.add.at(lost, sets.names.codes("site", shortfalls["site"]), shortfalls["weighted"].to_numpy(float))
    things = _reached(questions)
    asked: dict[int, list[int]] = {}
    for number, limits in enumerate(things):
        for site in _sites(questions, limits, lost).tolist():
            asked.setdefault(site, []).append(number)
    best: dict[int, tuple[float, float]] = {}
    for site in sorted(asked, key=lambda site: -lost[site]):
        if time.monotonic() > deadline:
            break
        about = questions.about(site)
        without = _gain(questions, one_more(about, np.zeros(0, dtype=np.int64)))
        for number in asked[site]:
            if time.monotonic() > deadline:
                break
            weighted, people = np.subtract(_gain(questions, one_more(about, things[number])), without)
            if weighted > 0:
                best[number] = max(best.get(number, (0.0, 0.0)), (float(weighted), float(people)))
    lines = []
    for number, (weighted, people) in best.items():
        row = questions.limits.table.iloc[things[number][0]]
        period = 0 if row["kind"] in _EVERY_PERIOD else row["period"]
        there = questions.model.program.row_upper[questions.limits.rows(things[number][0])].max()
        figures = {"amount": there, "people": people, "weighted": weighted}
        lines.append({**row[["kind", *LABELS]], "period": period, **figures})
    return pd.DataFrame(lines, columns=["kind", *LABELS, "amount", "people", "weighted"])


def _gain(questions: Questions, answer: Answer | None) -> tuple[float, float]:
    """Return the severity-weighted need that an answer meets, and its people."""
    if answer is None:
        return 0.0, 0.0
    model = questions.model
    weight = pd.Series(model.assembly.sets.needs["weight"].to_numpy(float), index=model.assembly.unmet)
    worth = weight[weight.index != BLANK].reindex(answer.columns, fill_value=0.0).to_numpy()
    return float(worth @ (questions.x[answer.columns] - answer.values)), answer.people


def _reached(questions: Questions) -> list[Ints]:
    """Return the limits that are reached, those of one number of the tables together."""
    limits, program = questions.limits, questions.model.program
    rows = np.flatnonzero(limits.of_row >= 0)
    kinds = limits.table["kind"].to_numpy(dtype=object)[limits.of_row[rows]]
    full = questions.activity[rows] > program.row_upper[rows] - 1 + 1e-6
    numbers = np.unique(limits.of_row[rows[full & np.isin(kinds, COUNTED)]])
    table = limits.table.iloc[numbers].assign(number=numbers)
    table.loc[table["kind"].isin(_EVERY_PERIOD), "period"] = 0
    grouped = table.groupby(["kind", *LABELS], sort=False)["number"]
    return [group.to_numpy(np.int64) for _, group in grouped]


def _sites(questions: Questions, limits: Ints, lost: np.ndarray) -> Ints:
    """Return the sites that a thing may serve and that lose most, the worst first."""
    rows = np.flatnonzero(np.isin(questions.limits.of_row, limits))
    blocks = np.unique(questions.model.program.col_block[questions.matrix[rows].indices])
    own = blocks[blocks != SHARED]
    sites = own if len(own) else np.arange(len(lost))
    short = sites[lost[sites] > 0]
    order: Ints = short[np.argsort(-lost[short], kind="stable")][:_SITES]
    return order
