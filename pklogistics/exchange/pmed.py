"""``pmed``: at which p places of a network to keep goods, so that everybody is as near as can be (p-median).

The format is that of the OR-Library, ``pmed1.txt`` to ``pmed40.txt``: the numbers of vertices and edges, and
p; then the two ends and the length of each edge. Edges have no direction, and where one stands twice the
later length counts. A file holds one instance, named after it. Source: J. E. Beasley, EJOR 21 (1985) 270-273.

Mapping
-------
- *Organisation*: the supplier, one organisation that hands out what comes, without limit and at no cost.
- *Site*: a vertex, where one person takes one unit.
- *Depot*: one at every vertex, where any number of units can be had for nothing; it supplies its own vertex
  without a route. No more than p are in use, by the policy ``max_open_depots``.
- *Route*: from every vertex to every other that can be reached, along the shortest path. A unit weighs half
  a tonne, so ``cost_per_t`` is twice the length of the path, and the mission's currency is length.
- *Fund*: none; cost is what is minimised, after unmet need.

Everybody is to be served, so the tiers are need and cost: the cost is the sum of the distances, which is the
value of the class. In a network in more than p parts some are left out, and the plan shows whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from pklogistics.exchange.location import GOODS, UNIT_T, customers
from pklogistics.exchange.networks import take_links
from pklogistics.exchange.numbers import Floats, read_numbers
from pklogistics.exchange.source import Draft, Format, Source

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

SOURCE = "OR-Library; J. E. Beasley, EJOR 21 (1985) 270-273"


@dataclass(frozen=True)
class Data:
    """One instance; ``distance`` has the shape (vertices, vertices), infinite where there is no path."""

    distance: Floats
    open: int


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    return Source((path.stem,), partial(_draft, _read(path)))


def _read(path: Path) -> Data:
    numbers = read_numbers(path)
    vertices = numbers.whole("the number of vertices")
    edges = numbers.whole("the number of edges", low=0)
    most = numbers.whole("p, the number of medians", high=vertices)
    links = take_links(numbers, edges, ("one end", "other end", "length"), vertices, "an edge")
    numbers.end()
    return Data(_distances(vertices, links), most)


def _distances(vertices: int, links: pd.DataFrame) -> Floats:
    """Return the lengths of the shortest paths; edges of length 0 are edges."""
    ends = links[["one end", "other end"]].to_numpy(np.int64)
    frame = links.assign(low=ends.min(axis=1), high=ends.max(axis=1))
    last = frame.drop_duplicates(["low", "high"], keep="last")
    last = last[last["low"] < last["high"]]
    graph = sparse.csr_matrix((last["length"], (last["low"], last["high"])), shape=(vertices, vertices))
    distance: Floats = shortest_path(graph, method="D", directed=False)
    return distance


def _draft(data: Data, instance: str) -> Draft:
    number = np.arange(1, len(data.distance) + 1)
    site = np.array([f"vertex {at}" for at in number])
    depot = np.array([f"depot {at}" for at in number])
    origin, destination = np.nonzero(np.isfinite(data.distance) & ~np.eye(len(number), dtype=bool))
    routes = pd.DataFrame(
        {
            "origin": depot[origin],
            "destination": site[destination],
            "cost_per_t": data.distance[origin, destination] / UNIT_T,
        }
    )
    tables: dict[str, Rows] = {
        **customers(site, np.ones(len(number))),
        "depots": pd.DataFrame({"depot": depot, "site": site}),
        "supplies": pd.DataFrame({"depot": depot, "commodity": GOODS, "price": 0.0}),
        **({"routes": routes} if len(routes) else {}),
    }
    header = {
        "name": f"pmed-{instance}",
        "description": (
            f"At which {data.open} of {len(number)} vertices of a network to keep goods, so that the "
            "distances to all of them add up to the least."
        ),
        "sources": [SOURCE],
        "currency": "length",
        "periods": 1,
        "policy": {"max_open_depots": data.open},
        "objective": {"tiers": ["need", "cost"]},
    }
    return Draft(header, tables)


FORMAT = Format(open=_open)
