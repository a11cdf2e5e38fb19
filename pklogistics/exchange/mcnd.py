"""``mcnd``: which arcs of a network to open, and how goods flow over them (fixed-charge network design).

The format is that of the "Canad" instances (``.dow``) of multicommodity capacitated fixed-charge network
design: a title line; the numbers of nodes, arcs and commodities; for each arc its tail, head, cost of a unit,
capacity, cost of opening and two numbers that say nothing; for each commodity its origin, destination and
quantity. A file holds one instance, named after it. Source: Crainic, Frangioni, Gendron, Discrete Applied
Mathematics 112 (2001) 73-99.

Mapping
-------
- *Organisation*: the carrier, one organisation that hands out what comes, without limit and at no cost.
- *Depot*: a node; goods pass through any number of depots within the period.
- *Site*: a node where a commodity ends, supplied by the depot there without a route.
- *Activity*: taking delivery of a commodity, one unit a person; a commodity has one of its own.
- *Stock*: the quantity of each commodity, at its origin.
- *Route*: an arc with its capacity and what it costs to open. A unit weighs half a tonne. Where several arcs
  join the same two nodes, each has a mode of its own: ``road``, ``road 2``, …
- *Fund*: none; cost is what is minimised, after what is not delivered.

Everything is to be delivered, so the tiers are need and cost: where a plan leaves nothing behind, its cost is
the value of the class. Where the arcs cannot carry all, the instance is infeasible in the literature; here
the plan says what must stay behind, and the bound of the tier of need proves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.exchange.files import read_text
from pklogistics.exchange.location import UNIT_T
from pklogistics.exchange.networks import take_links
from pklogistics.exchange.numbers import numbers_of
from pklogistics.exchange.source import Draft, Format, Source

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

CARRIER, SECTOR = "carrier", "freight"
SOURCE = "Crainic, Frangioni, Gendron, Discrete Applied Mathematics 112 (2001) 73-99"
ARC = ("tail", "head", "cost of a unit", "capacity", "cost of opening", "x", "y")
COMMODITY = ("origin", "destination", "quantity")


@dataclass(frozen=True)
class Data:
    """One instance: ``arcs`` has the columns `ARC`, ``commodities`` has `COMMODITY`; nodes count from 0."""

    nodes: int
    arcs: pd.DataFrame
    commodities: pd.DataFrame


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    return Source((path.stem,), partial(_draft, _read(path)))


def _read(path: Path) -> Data:
    _, _, rest = read_text(path, path.name).partition("\n")
    numbers = numbers_of(rest, path.name, first_line=2)
    nodes = numbers.whole("the number of nodes")
    arcs = numbers.whole("the number of arcs", low=0)
    commodities = numbers.whole("the number of commodities")
    arc = take_links(numbers, arcs, ARC, nodes, "an arc")
    commodity = take_links(numbers, commodities, COMMODITY, nodes, "a commodity")
    numbers.end()
    return Data(nodes, arc, commodity)


def _draft(data: Data, instance: str) -> Draft:
    arcs, commodities = data.arcs, data.commodities
    node = np.array([f"node {at}" for at in range(1, data.nodes + 1)])
    ends = np.unique(commodities["destination"])
    site = {int(at): f"town {at + 1}" for at in ends}
    goods = np.array([f"commodity {at}" for at in range(1, len(commodities) + 1)])
    tables: dict[str, Rows] = {
        "sites": pd.DataFrame({"site": [site[int(at)] for at in ends]}),
        "activities": pd.DataFrame({"activity": goods, "sector": SECTOR}),
        "needs": pd.DataFrame(
            {
                "site": commodities["destination"].map(site),
                "activity": goods,
                "people": commodities["quantity"],
            }
        ),
        "organisations": [{"organisation": CARRIER}],
        "capabilities": pd.DataFrame(
            {"organisation": CARRIER, "activity": goods, "modality": "in_kind"}, index=range(len(goods))
        ),
        "commodities": pd.DataFrame({"commodity": goods, "unit": "unit", "weight_t": UNIT_T}),
        "recipes": pd.DataFrame({"activity": goods, "commodity": goods, "per_person": 1.0}),
        "depots": pd.DataFrame({"depot": node, "site": [site.get(at, "") for at in range(data.nodes)]}),
        "stock": pd.DataFrame(
            {"depot": node[commodities["origin"]], "commodity": goods, "quantity": commodities["quantity"]}
        ),
        "routes": _routes(arcs, node),
    }
    header = {
        "name": f"mcnd-{instance}",
        "description": (
            f"Which of {len(arcs)} arcs between {data.nodes} nodes to open, and how {len(goods)} commodities "
            "flow over them, at the least cost."
        ),
        "sources": [SOURCE],
        "periods": 1,
        "objective": {"tiers": ["need", "cost"]},
    }
    return Draft(header, tables)


def _routes(arcs: pd.DataFrame, node: np.ndarray) -> pd.DataFrame:
    """Return a route for each arc between two nodes; one from a node to itself carries nothing."""
    nth = arcs.groupby(["tail", "head"]).cumcount()
    routes = pd.DataFrame(
        {
            "origin": node[arcs["tail"]],
            "destination": node[arcs["head"]],
            "mode": [f"road {at + 1}" if at else "road" for at in nth],
            "cost_per_t": arcs["cost of a unit"] / UNIT_T,
            "capacity_t": arcs["capacity"] * UNIT_T,
            "opening_cost": arcs["cost of opening"],
        }
    )
    return routes[(arcs["tail"] != arcs["head"]).to_numpy()]


FORMAT = Format(open=_open)
