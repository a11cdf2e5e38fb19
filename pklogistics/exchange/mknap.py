"""``mknap``: which projects are taken up when each draws on several budgets (multidimensional knapsack).

The format is that of the OR-Library: the number of problems; for each the numbers of projects and budgets and
the best known value (0 if unknown), the profit of each project, for each budget what each project takes of
it, and what each budget holds. A file that ends in ``.gz`` is unpacked. Instances are named 1, 2, … in the
file's order. Files of one problem alone are known by their first line and by how many numbers they hold:
those that only lack the number of problems, and those of SAC-94 and ``mknap2``, which begin with a line for
the numbers of budgets and projects and go on with profits, budgets, what is taken of them, and the best known
value. Source: Chu and Beasley, Journal of Heuristics 4 (1998) 63-86; Petersen, Management Science 13 (1967)
736-750.

Mapping
-------
- *Activity*: a project, at the only *site*. It is served whole or not at all (``all_or_nothing``), and its
  people are its profit, so that unmet need is the profit not taken.
- *Depot*: the stock room of the site, where each budget is a *commodity* of which it holds so much. The
  recipe of a project is what it takes of each budget, per person. A budget as a stock is what the field
  calls a pipeline: kits, tents and tonnes that were promised once, and that every activity draws on at the
  same time by a list of its own. Funds would say it only where a project has no more budgets than there are
  kinds of cost.
- *Organisation*: one that runs every project, without cost.
- *Fund*: none; the budgets are stocks.

The only tier is need. The value of the class is all profits less that tier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.exchange.numbers import Floats, Numbers, read_numbers
from pklogistics.exchange.source import Draft, Format, Source

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

SITE, DEPOT, RUNNER, SECTOR = "headquarters", "stock room", "project office", "projects"
_BUDGETS_FIRST = 2
"""Numbers on the first line of a file of SAC-94; with the best known value there are three."""
SOURCE = "OR-Library; Chu and Beasley, Journal of Heuristics 4 (1998) 63-86"


@dataclass(frozen=True)
class Data:
    """One problem; ``takes`` has the shape (budgets, projects), ``best`` is 0, or less, where unknown."""

    best: float
    profit: Floats
    takes: Floats
    budget: Floats


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    numbers = read_numbers(path)
    if (heads := _alone(numbers)) == _BUDGETS_FIRST:
        problems = [_read_budgets_first(numbers)]
    else:
        count = 1 if heads else numbers.whole("the number of problems")
        problems = [_read(numbers) for _ in range(count)]
    numbers.end()
    stem = path.name.split(".")[0]
    return Source(tuple(str(at) for at in range(1, len(problems) + 1)), partial(_draft, problems, stem))


def _alone(numbers: Numbers) -> int:
    """Return how many numbers are on the first line of a file of one problem; 0 if it may hold several."""
    if numbers.left < 3 or not (numbers.values[:2] >= 1).all():
        return 0
    one, other = numbers.values[:2]
    heads = int((numbers.lines == numbers.lines[0]).sum())
    fits = numbers.left == 3 + one + other + one * other
    return heads if fits and heads in (_BUDGETS_FIRST, _BUDGETS_FIRST + 1) else 0


def _read_budgets_first(numbers: Numbers) -> Data:
    budgets = numbers.whole("the number of budgets")
    projects = numbers.whole("the number of projects")
    profit = numbers.take(projects, "profit of a project")
    budget = numbers.take(budgets, "what a budget holds")
    takes = numbers.table(budgets, projects, "what a project takes of a budget")
    return Data(float(numbers.take(1, "the best known value", low=-inf)[0]), profit, takes, budget)


def _read(numbers: Numbers) -> Data:
    projects = numbers.whole("the number of projects")
    budgets = numbers.whole("the number of budgets")
    best = float(numbers.take(1, "the best known value", low=-inf)[0])
    profit = numbers.take(projects, "profit of a project")
    takes = numbers.table(budgets, projects, "what a project takes of a budget")
    return Data(best, profit, takes, numbers.take(budgets, "what a budget holds"))


def _draft(problems: Sequence[Data], file: str, instance: str) -> Draft:
    data = problems[int(instance) - 1]
    activity = np.array([f"project {at}" for at in range(1, len(data.profit) + 1)])
    commodity = np.array([f"budget {at}" for at in range(1, len(data.budget) + 1)])
    # What nobody gains by is never taken up, and has no people to divide by.
    gains = data.profit > 0
    budget, project = np.nonzero((data.takes > 0) & gains)
    tables: dict[str, Rows] = {
        "sites": [{"site": SITE}],
        "activities": pd.DataFrame(
            {"activity": activity, "sector": SECTOR, "all_or_nothing": True, "max_organisations": 1}
        ),
        "needs": pd.DataFrame({"site": SITE, "activity": activity, "people": data.profit}),
        "organisations": [{"organisation": RUNNER}],
        "capabilities": pd.DataFrame({"organisation": RUNNER, "activity": activity, "modality": "in_kind"}),
        "commodities": pd.DataFrame({"commodity": commodity, "weight_t": 0.001}),
        "recipes": pd.DataFrame(
            {
                "activity": activity[project],
                "commodity": commodity[budget],
                "per_person": data.takes[budget, project] / data.profit[project],
            }
        ),
        "depots": [{"depot": DEPOT, "site": SITE}],
        "stock": pd.DataFrame({"depot": DEPOT, "commodity": commodity, "quantity": data.budget}),
    }
    known = f" Best known profit: {data.best:,.10g}." if data.best > 0 else ""
    header = {
        "name": f"mknap-{file}-{instance}",
        "description": (
            f"Which of {len(data.profit)} projects are taken up within {len(data.budget)} budgets, so that "
            f"their profit, {data.profit.sum():,.10g} in all, is greatest.{known}"
        ),
        "sources": [SOURCE],
        "periods": 1,
        "objective": {"tiers": ["need"]},
    }
    return Draft(header, tables)


FORMAT = Format(open=_open)
