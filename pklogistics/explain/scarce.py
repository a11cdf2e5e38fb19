"""The scarce things of a mission: which limits say each, how much of it there is, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.explain.kinds import PRICED
from pklogistics.explain.limits import LABELS, NONE, option_capacity, period_of
from pklogistics.explain.prices import Prices
from pklogistics.explain.questions import Questions
from pklogistics.explain.results import named
from pklogistics.explain.worth import NOTHING
from pklogistics.model.program import Floats

TEXTS = [name for name in LABELS if name not in ("account", "row", "period")]
THING = ["kind", *TEXTS, "period"]
"""What tells a thing: its kind and its labels."""


class Scarce:
    """The things of which a mission has so much and no more.

    Attributes
    ----------
    lines : a line per row of the program, or column, that says how much there is: kind, labels, ``at`` (its
        number, see `Prices`) and ``amount``. Lines of one kind and labels are one thing
    """

    def __init__(self, questions: Questions) -> None:
        limits, model = questions.limits, questions.model
        rows = np.flatnonzero(limits.of_row != NONE)
        columns = np.flatnonzero(limits.of_column != NONE)
        numbers = np.concatenate([limits.of_row[rows], limits.of_column[columns]])
        lines = limits.table.iloc[numbers].reset_index(drop=True)
        lines["at"] = np.concatenate([rows, columns + model.program.rows])
        lines = lines[lines["kind"].isin(PRICED)]
        lines["amount"] = _amounts(questions, lines)
        lines[TEXTS] = lines[TEXTS].fillna("").astype(str)
        lines["period"] = period_of(model, lines).astype(int)
        self.lines: pd.DataFrame = lines.reset_index(drop=True)

    def priced(self, prices: Prices) -> pd.DataFrame:
        """Return the things of which more is of use by the prices, per `THING`: weighted, amount, limits."""
        if not prices.found or self.lines.empty:
            return pd.DataFrame(columns=[*THING, "weighted", "amount", "limits"])
        at = self.lines["at"].to_numpy(np.int64)
        lines = self.lines.assign(weighted=prices.worth(at))
        lines = lines[np.isin(at, prices.of_use(at))]
        # What a depot holds may serve one way or another: the best counts, and not all of them.
        best = lines[lines["kind"] == "stock"].sort_values("weighted", ascending=False, kind="stable")
        lines = pd.concat([lines[lines["kind"] != "stock"], best.drop_duplicates(THING)])
        grouped = lines.groupby(THING, sort=False, dropna=False)
        things = grouped.agg(
            weighted=("weighted", "sum"), amount=("amount", "max"), limits=("at", tuple)
        ).reset_index()
        return things[things["weighted"] > NOTHING].reset_index(drop=True)

    def of(self, thing: Mapping[Any, Any]) -> pd.DataFrame:
        """Return the lines of a thing that is told by kind and labels; labels that are not told are any."""
        chosen = np.ones(len(self.lines), dtype=bool)
        for name in THING:
            said = thing.get(name)
            if said is not None and said == said:  # What is not a number is no label.
                chosen &= (self.lines[name] == said).to_numpy()
        return self.lines[chosen]


def name_of(thing: Mapping[Any, Any]) -> str:
    """Return the labels of a thing as one name: "port - camp", "unicef, period 2"."""
    return ", ".join(label for _, label in named(thing))


def _amounts(questions: Questions, lines: pd.DataFrame) -> Floats:
    """Return how much there is by the tables, 0 where they name none."""
    model, at = questions.model, lines["at"].to_numpy(np.int64)
    row = at < model.program.rows
    amounts = np.zeros(len(at))
    amounts[row] = questions.there(at[row])
    people = (lines["kind"] == "max_people").to_numpy()
    able = np.zeros(model.program.columns)
    able[model.assembly.options["served"].to_numpy(np.int64)] = option_capacity(model)
    amounts[people & ~row] = able[at[people & ~row] - model.program.rows]
    goods = (lines["kind"] == "stock").to_numpy()
    if goods.any():
        stock = model.assembly.mission.frame("stock").groupby(["depot", "commodity"])["quantity"].sum()
        there = pd.MultiIndex.from_frame(lines.loc[goods, ["depot", "commodity"]])
        amounts[goods] = stock.reindex(there).fillna(0.0).to_numpy(float)
    return amounts
