"""``mscflp-ci``: which warehouses open and what each sends to every store, some of which may not share one.

The format is that of the MESS-2020+1 competition, multi-source capacitated facility location with customer
incompatibilities (Ceschia and Schaerf, Computers & Industrial Engineering 188 (2024)): a MiniZinc data file
with ``Warehouses``, ``Stores``, ``Capacity``, ``FixedCost``, ``Goods``, ``SupplyCost`` (a row a store),
``Incompatibilities`` and ``IncompatiblePairs``. The later instances of the same authors say ``Facilities``,
``Customers``, ``Demand`` and ``ShippingCost``. Where nothing is said of pairs, or how many they are, there
are none, or as many as are listed. A file holds one instance, named after it.

Mapping
-------
- *Organisation*: a warehouse. Opening it is its ``mobilisation_cost``, and its capacity is its *staff*.
- *Site*: a store. Its people are the goods that it needs, of whom each takes one of the staff; several
  warehouses may share them.
- *Activity*: the supply, at a cost per person by warehouse and store.
- *Rules*: stores that may not be supplied from the same warehouse are ``incompatible_sites`` for everybody.
  The pairs are gathered into cliques, sets of stores of which any two are incompatible, until every pair
  stands in one: the rule is the same, said in fewer rows and more strongly.
- *Depot*: none; what is sent is service, for nothing is kept or moved further.
- *Fund*: none; cost is what is minimised, after unmet need.

Every store gets all its goods: the tiers are unmet need, which is 0 in the class, and cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.exchange.errors import refusal
from pklogistics.exchange.files import read_text
from pklogistics.exchange.numbers import Floats, Ints, Numbers, numbers_of
from pklogistics.exchange.source import Draft, Format, Source
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.wording import quoted

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

SUPPLY, SECTOR = "supply", "location"
SOURCE = "https://github.com/MESS-2020-1/Instances; Ceschia, Schaerf, CAIE 188 (2024)"
_ALSO = {"Facilities": "Warehouses", "Customers": "Stores", "Demand": "Goods", "ShippingCost": "SupplyCost"}
"""Other names of items, and those of the competition."""
_NEEDED = ("Warehouses", "Stores", "Capacity", "FixedCost", "Goods", "SupplyCost")
_COUNT, _PAIRS = "Incompatibilities", "IncompatiblePairs"
_ITEM = re.compile(r"\s*(\w+)\s*=\s*([^;=]*?)\s*;")


@dataclass(frozen=True)
class Data:
    """One instance; ``cost`` of a unit has the shape (stores, warehouses), ``pairs`` (pairs, 2) from 0."""

    capacity: Floats
    fixed: Floats
    goods: Floats
    cost: Floats
    pairs: Ints


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    data = _read(path)
    return Source((path.stem,), partial(_draft, data))


def _read(path: Path) -> Data:
    items = _items(read_text(path, path.name), path.name)
    warehouses = _whole(items, "Warehouses", "the number of warehouses")
    stores = _whole(items, "Stores", "the number of stores")
    capacity = _all(items, "Capacity", warehouses, "a number for each warehouse")
    fixed = _all(items, "FixedCost", warehouses, "a number for each warehouse")
    goods = _all(items, "Goods", stores, "a number for each store")
    cost = _all(items, "SupplyCost", stores * warehouses, "a number for each store and warehouse")
    nothing = numbers_of("", path.name)
    listed = items.get(_PAIRS, nothing)
    count = _whole(items, _COUNT, "the number of incompatible pairs", low=0) if _COUNT in items else None
    if count and _PAIRS not in items:
        raise refusal(path.name, f"does not give {_PAIRS}, though there are {count:,}")
    first = listed.at
    count = listed.left // 2 if count is None else count
    pairs = listed.wholes(2 * count, "a store", low=1, high=stores).reshape(count, 2) - 1
    listed.end()
    for row in np.flatnonzero(pairs[:, 0] == pairs[:, 1])[:1]:
        raise listed.refusal(first + 2 * int(row), "expected two different stores")
    return Data(capacity, fixed, goods, cost.reshape(stores, warehouses), pairs)


def _items(text: str, file: str) -> Mapping[str, Numbers]:
    """Return the numbers of each item of a data file; raises `FormatError`."""
    plain = re.sub(r"%[^\n]*", "", text)
    items, at = {}, 0
    while match := _ITEM.match(plain, at):
        name, value = match.groups()
        name = _ALSO.get(name, name)
        line = 1 + plain.count("\n", 0, match.start(2))
        if name in items:
            raise refusal(file, f"{name} is given twice; keep one", line, name)
        items[name] = numbers_of(re.sub(r"[\[\]|,]", " ", value), file, first_line=line)
        at = match.end()
    if rest := plain[at:].strip():
        line = 1 + plain.count("\n", 0, plain.index(rest, at))
        said = rest.splitlines()[0]
        raise refusal(file, f"is {quoted(said)}; expected a name, '=', a value and ';'", line, said)
    for name in _NEEDED:
        if name not in items:
            raise refusal(file, f"does not give {name}{did_you_mean(name, list(items))}")
    others = [name for name in items if name not in (*_NEEDED, _COUNT, _PAIRS)]
    for name in (_COUNT, _PAIRS):
        if name not in items and (meant := did_you_mean(name, others)):
            raise refusal(file, f"does not give {name}{meant}")
    return items


def _whole(items: Mapping[str, Numbers], name: str, what: str, low: int = 1) -> int:
    return _counted(items, name, 1, what).whole(what, low)


def _all(items: Mapping[str, Numbers], name: str, count: int, expected: str) -> Floats:
    return _counted(items, name, count, expected).take(count, name)


def _counted(items: Mapping[str, Numbers], name: str, count: int, expected: str) -> Numbers:
    """Return the numbers of an item, which are so many; raises `FormatError` if they are not."""
    numbers = items[name]
    if numbers.left != count:
        line = int(numbers.lines[0]) if numbers.left else None
        raise refusal(
            numbers.file, f"{name} has {numbers.left:,} numbers; expected {count:,}, {expected}", line
        )
    return numbers


def _draft(data: Data, instance: str) -> Draft:
    stores, warehouses = data.cost.shape
    organisation = np.array([f"warehouse {at}" for at in range(1, warehouses + 1)])
    site = np.array([f"store {at}" for at in range(1, stores + 1)])
    tables: dict[str, Rows] = {
        "sites": pd.DataFrame({"site": site}),
        "activities": [{"activity": SUPPLY, "sector": SECTOR}],
        "needs": pd.DataFrame({"site": site, "activity": SUPPLY, "people": data.goods}),
        "organisations": pd.DataFrame({"organisation": organisation, "mobilisation_cost": data.fixed}),
        "capabilities": pd.DataFrame(
            {
                "organisation": np.tile(organisation, stores),
                "activity": SUPPLY,
                "site": np.repeat(site, warehouses),
                "cost_per_person": data.cost.ravel(),
                "staff_per_1000": 1000.0,
            }
        ),
        "staff": pd.DataFrame({"organisation": organisation, "people": data.capacity}),
    }
    rules = [
        {"rule": "incompatible_sites", "sites": "; ".join(site[clique])}
        for clique in cliques(data.pairs, stores)
    ]
    if rules:
        tables["rules"] = rules
    header = {
        "name": f"mscflp-ci-{instance}",
        "description": (
            f"Which of {warehouses} warehouses open and what they send to {stores} stores, of which "
            f"{len(data.pairs)} pairs may not be supplied from the same one, at the least cost."
        ),
        "sources": [SOURCE],
        "periods": 1,
        "objective": {"tiers": ["need", "cost"]},
    }
    return Draft(header, tables)


def cliques(pairs: Ints, count: int) -> Iterator[list[int]]:
    """Return cliques of a graph that together hold every pair, each grown greedily from a pair not yet held.

    Parameters
    ----------
    pairs : shape (pairs, 2), of nodes from 0 to ``count`` - 1
    """
    joined: NDArray[np.bool_] = np.zeros((count, count), dtype=np.bool_)
    joined[pairs[:, 0], pairs[:, 1]] = joined[pairs[:, 1], pairs[:, 0]] = True
    held = np.zeros_like(joined)
    for one, other in pairs.tolist():
        if held[one, other]:
            continue
        clique = [one, other]
        common = joined[one] & joined[other]
        while common.any():
            # Whoever brings most pairs that no clique holds yet; of equals the first.
            gain = np.where(common, (~held[clique]).sum(axis=0), -1)
            clique.append(int(np.argmax(gain)))
            common = common & joined[clique[-1]]
        held[np.ix_(clique, clique)] = True
        yield sorted(clique)


FORMAT = Format(open=_open)
