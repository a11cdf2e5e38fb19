"""``sscflp``: which facilities open, and which one serves each customer whole.

The format is that of the single-source capacitated location problems of Holmberg, Rönnqvist and Yuan, EJOR
113 (1999) 544-559: the numbers of facilities and customers; capacity and fixed cost of each facility; the
demand of each customer; and for each facility, customer after customer, what it costs to serve the whole of
that customer from there. Files that are laid out as those of ``orlib-cap``, customer by customer, are known
by their lines. A file holds one instance, named after it.

Mapping
-------
- *Organisation*: a facility. Opening it is its ``mobilisation_cost``, and its capacity is its *staff*.
- *Site*: a customer. Its people are its demand, of whom each takes one of the staff. A customer without
  demand is one person who takes none: whoever serves it is still paid for it.
- *Activity*: the service. What serving a site costs is paid for the presence there, whole as it is in the
  file. A single source is the policy that at most one organisation works at a site, and that it takes all
  of its need (``max_organisations`` and ``min_share`` of 1).
- *Depot*: none; nothing is moved.
- *Fund*: none; cost is what is minimised, after unmet need.

Everybody is to be served, so the tiers are need and cost: where a plan leaves nobody out, its cost is the
value of the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.exchange.location import take_customers
from pklogistics.exchange.numbers import Floats, read_numbers
from pklogistics.exchange.source import Draft, Format, Source

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

SERVICE, SECTOR = "service", "location"
SOURCE = "Holmberg, Rönnqvist, Yuan, EJOR 113 (1999) 544-559"


@dataclass(frozen=True)
class Data:
    """One instance; ``cost`` is of serving the whole customer, shape (facilities, customers)."""

    capacity: Floats
    fixed: Floats
    demand: Floats
    cost: Floats


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    data = _read(path)
    return Source((path.stem,), partial(_draft, data))


def _read(path: Path) -> Data:
    numbers = read_numbers(path)
    facilities = numbers.whole("the number of facilities")
    customers = numbers.whole("the number of customers")
    sizes = numbers.table(facilities, 2, "capacity or fixed cost of a facility")
    demand, cost = take_customers(numbers, facilities, customers, one_by_one=False)
    numbers.end()
    return Data(sizes[:, 0], sizes[:, 1], demand, cost)


def _draft(data: Data, instance: str) -> Draft:
    facilities, customers = data.cost.shape
    organisation = np.array([f"facility {at}" for at in range(1, facilities + 1)])
    site = np.array([f"customer {at}" for at in range(1, customers + 1)])
    has_demand = data.demand > 0
    capabilities = pd.DataFrame(
        {
            "organisation": np.repeat(organisation, customers),
            "activity": SERVICE,
            "site": np.tile(site, facilities),
            "cost_per_presence": data.cost.ravel(),
            "staff_per_1000": np.tile(np.where(has_demand, 1000.0, 0.0), facilities),
        }
    )
    tables: dict[str, Rows] = {
        "sites": pd.DataFrame({"site": site}),
        "activities": [{"activity": SERVICE, "sector": SECTOR}],
        "needs": pd.DataFrame(
            {"site": site, "activity": SERVICE, "people": np.where(has_demand, data.demand, 1.0)}
        ),
        "organisations": pd.DataFrame({"organisation": organisation, "mobilisation_cost": data.fixed}),
        "capabilities": capabilities,
        "staff": pd.DataFrame({"organisation": organisation, "people": data.capacity}),
    }
    header = {
        "name": f"sscflp-{instance}",
        "description": (
            f"Which of {facilities} facilities open, and which one serves each of {customers} customers "
            "whole, at the least cost."
        ),
        "sources": [SOURCE],
        "periods": 1,
        "policy": {"max_organisations": 1, "min_share": 1},
        "objective": {"tiers": ["need", "cost"]},
    }
    return Draft(header, tables)


FORMAT = Format(open=_open)
