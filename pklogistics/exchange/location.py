"""Location problems: how their files are laid out, and those with goods, which depots send to customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.exchange.numbers import Floats, Numbers

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

SUPPLIER, GOODS, VISIT, SECTOR = "supplier", "goods", "visit", "location"
UNIT_T = 0.5
"""Weight of a unit in tonnes: nothing that a person could not take, and costs come out to the last digit."""


def take_customers(
    numbers: Numbers, facilities: int, customers: int, *, one_by_one: bool
) -> tuple[Floats, Floats]:
    """Take the demand of each customer, and what serving all of it costs from each facility.

    Two layouts are about, of just as many numbers. In that of the OR-Library each customer has his demand and
    then his costs; in that of Holmberg the demands of all come first, and then the costs of each facility.
    Where the lines of the file begin tells them apart.

    Parameters
    ----------
    one_by_one
        Whether a file whose lines fit both layouts, or neither, has that of the OR-Library.

    Returns
    -------
    Arrays of shape (customers,) and (facilities, customers).

    Raises
    ------
    FormatError
        As `Numbers.take` does.
    """
    each = numbers.at + (facilities + 1) * np.arange(customers)
    together = numbers.at + customers * np.arange(facilities + 1)
    fits = numbers.begin_lines(each), numbers.begin_lines(together)
    if fits == (True, False) or (one_by_one and fits != (False, True)):
        rows = numbers.table(customers, facilities + 1, "demand of a customer or cost of serving it")
        return rows[:, 0], rows[:, 1:].T
    demand = numbers.take(customers, "demand of a customer")
    return demand, numbers.table(facilities, customers, "cost of serving a customer")


def customers(site: np.ndarray, demand: Floats) -> dict[str, Rows]:
    """Return the tables of customers, each of whose people takes one unit of goods, and of their supplier.

    A customer without demand is one person who is paid a visit: as a unit of goods, but of a kind of its own.
    The supplier hands out what comes, without limit and at no cost; where goods come from, others say.
    """
    activity = np.where(demand > 0, GOODS, VISIT)
    goods = np.array([each for each in (GOODS, VISIT) if each in activity])
    return {
        "sites": pd.DataFrame({"site": site}),
        "activities": pd.DataFrame({"activity": goods, "sector": SECTOR}),
        "needs": pd.DataFrame(
            {"site": site, "activity": activity, "people": np.where(demand > 0, demand, 1.0)}
        ),
        "organisations": [{"organisation": SUPPLIER}],
        "capabilities": pd.DataFrame({"organisation": SUPPLIER, "activity": goods, "modality": "in_kind"}),
        "commodities": pd.DataFrame({"commodity": goods, "unit": "unit", "weight_t": UNIT_T}),
        "recipes": pd.DataFrame({"activity": goods, "commodity": goods, "per_person": 1}),
    }
