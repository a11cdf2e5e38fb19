"""``orlib-cap``: which warehouses open, and how much each sends to whom (capacitated location, split supply).

The format is that of the OR-Library, ``cap41.txt`` to ``cap134.txt`` and ``capa.txt`` to ``capc.txt``: the
numbers of warehouses and customers; capacity and fixed cost of each warehouse; then for each customer its
demand, and what it costs to serve all of it from each warehouse. Files that are laid out as those of
``sscflp``, warehouse by warehouse, are known by their lines. A file holds one instance, named after it.
Files ``capa`` to ``capc`` leave it open which capacity all warehouses share (with the word ``capacity`` in
its place, or a number that some copies put there): they hold an instance for each of the four that are
published, such as ``capa@8000``. The setting ``capacity`` gives the warehouses of any file another. Source:
J. E. Beasley, EJOR 33 (1988) 314-325.

Mapping
-------
- *Organisation*: the supplier, one organisation that hands out what comes, without limit and at no cost.
- *Site*: a customer. Its people are its demand, and each takes one unit. A customer without demand, as in
  files of location without capacities, is one person who is paid a *visit* (a kind of goods of which every
  warehouse has enough): whoever serves it is still paid for it.
- *Depot*: a warehouse. Its fixed cost is its ``opening_cost``, and its capacity is its *stock*, which is
  there if the depot is in use.
- *Route*: from every warehouse to every customer. A unit weighs half a tonne, so ``cost_per_t`` is twice the
  cost of serving the customer over its demand.
- *Fund*: none; cost is what is minimised, after unmet need.

Everybody is to be served, so the tiers are need and cost: where a plan leaves nobody out, its cost is the
value of the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.errors import OptionsError
from pklogistics.exchange.location import GOODS, UNIT_T, VISIT, customers, take_customers
from pklogistics.exchange.numbers import Floats, Numbers, read_numbers
from pklogistics.exchange.source import Draft, Format, Setting, Source
from pklogistics.instance.wording import quoted

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

PUBLISHED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "capa": ("8000", "10000", "12000", "14000"),
        "capb": ("5000", "6000", "7000", "8000"),
        "capc": ("5000", "5750", "6500", "7250"),
    }
)
"""The capacities at which the files with a word for it were published."""

WORD = "capacity"
SOURCE = "OR-Library; J. E. Beasley, EJOR 33 (1988) 314-325"


@dataclass(frozen=True)
class Data:
    """One file; ``cost`` is of serving the whole customer, shape (customers, warehouses).

    ``capacity`` is NaN where the file has the word for it.
    """

    capacity: Floats
    fixed: Floats
    demand: Floats
    cost: Floats


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    data = _read(path)
    given = settings["capacity"].strip()
    shared = (given,) if given else PUBLISHED.get(path.stem, ())
    chosen = {f"{path.stem}@{each}": _capacity(each) for each in shared}
    if not given and np.isfinite(data.capacity).all():
        chosen[path.stem] = np.nan
    if not chosen:
        raise OptionsError(f"{path.name} leaves the capacity open: give it with the setting capacity")
    return Source(tuple(chosen), partial(_draft, data, chosen))


def _capacity(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not (isfinite(value) and value >= 0):
        raise OptionsError(f"capacity is {quoted(text)}: give a number of 0 or more")
    return value


def _read(path: Path) -> Data:
    numbers = read_numbers(path)
    warehouses = numbers.whole("the number of warehouses")
    customers = numbers.whole("the number of customers")
    left_open = _left_open(numbers, warehouses)
    numbers = replace(numbers, values=np.where(left_open, 0.0, numbers.values))
    capacity_at = numbers.at + 2 * np.arange(warehouses)
    sizes = numbers.table(warehouses, 2, "capacity or fixed cost of a warehouse")
    demand, cost = take_customers(numbers, warehouses, customers, one_by_one=True)
    numbers.end()
    capacity = np.where(left_open[capacity_at], np.nan, sizes[:, 0])
    return Data(capacity, sizes[:, 1], demand, cost.T)


def _left_open(numbers: Numbers, warehouses: int) -> np.ndarray:
    """Say which numbers are capacities that the file leaves open, shape (numbers,)."""
    place = np.arange(len(numbers.texts)) - numbers.at
    is_capacity = (place >= 0) & (place < 2 * warehouses) & (place % 2 == 0)
    return np.asarray(is_capacity & (np.array(numbers.texts) == WORD), dtype=bool)


def _draft(data: Data, capacities: Mapping[str, float], instance: str) -> Draft:
    """Return an instance; ``capacities`` are what all warehouses share, NaN for those of the file."""
    count, warehouses = data.cost.shape
    depot = np.array([f"warehouse {at}" for at in range(1, warehouses + 1)])
    site = np.array([f"customer {at}" for at in range(1, count + 1)])
    shared = capacities[instance]
    capacity = data.capacity if np.isnan(shared) else np.full(warehouses, shared)
    wants = data.demand > 0
    units = np.where(wants, data.demand, 1.0)
    routes = pd.DataFrame(
        {
            "origin": np.tile(depot, count),
            "destination": np.repeat(site, warehouses),
            "cost_per_t": (data.cost / units[:, None] / UNIT_T).ravel(),
        }
    )
    stock = pd.DataFrame({"depot": depot, "commodity": GOODS, "quantity": capacity})
    visits = pd.DataFrame({"depot": depot, "commodity": VISIT, "quantity": float((~wants).sum())})
    tables: dict[str, Rows] = {
        **customers(site, data.demand),
        "depots": pd.DataFrame({"depot": depot, "opening_cost": data.fixed}),
        "stock": pd.concat([stock] * bool(wants.any()) + [visits] * bool(not wants.all())),
        "routes": routes,
    }
    header = {
        "name": f"orlib-cap-{instance}",
        "description": (
            f"Which of {warehouses} warehouses open, and how much each sends to which of {count} "
            "customers, at the least cost."
        ),
        "sources": [SOURCE],
        "periods": 1,
        "objective": {"tiers": ["need", "cost"]},
    }
    return Draft(header, tables)


FORMAT = Format(
    open=_open,
    settings={"capacity": Setting("", "capacity of every warehouse, instead of what the file says")},
)
