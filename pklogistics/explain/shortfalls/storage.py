"""The room that depots have for more stock at the start.

Rows of the program say what is on hand at the end of a period. What is there at the start has to fit, too:
the tables are refused otherwise. So more stock that is sent on in the first period needs room all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.explain.limits.limits import Limits
from pklogistics.model.build import Model
from pklogistics.model.program import Floats, Ints


@dataclass(frozen=True)
class Room:
    """What a depot could still hold at the start.

    Attributes
    ----------
    left : tonnes or cubic metres
    stock : places that say how much of a commodity there is at the depot
    each : what one unit of it takes, shape (stock,)
    storage : places that say what the depot can hold, the first period first
    """

    left: float
    stock: Ints
    each: Floats
    storage: Ints


def rooms(model: Model, limits: Limits) -> list[Room]:
    """Return the room of each depot that can hold no more than so much."""
    goods = model.assembly.goods
    if goods is None:
        return []
    commodities, depots = goods.supplies.commodities, goods.supplies.depots
    names = {kind: model.assembly.sets.names.labels[kind].to_numpy() for kind in ("commodity", "depot")}
    kinds = limits.table["kind"].to_numpy(object)[_limit_of(limits)]
    stock, found = limits.labels[kinds == "stock"], []
    for measure, unit, kind in (("t", "weight_t", "storage"), ("m3", "volume_m3", "storage_m3")):
        size = commodities[unit].to_numpy(float)
        each = pd.Series(size, index=pd.Index(names["commodity"]))
        held = goods.supplies.stock
        used = np.bincount(held["depot"], held["quantity"] * size[held["commodity"]], minlength=len(depots))
        storage = limits.labels[kinds == kind]
        for at in np.flatnonzero(np.isfinite(depots[f"capacity_{measure}"].to_numpy(float))):
            here = stock[stock["depot"] == names["depot"][at]]
            capacity = float(depots[f"capacity_{measure}"].iloc[at])
            found.append(
                Room(
                    left=max(0.0, capacity - float(used[at])),
                    stock=here.index.to_numpy(np.int64),
                    each=here["commodity"].map(each).to_numpy(float),
                    storage=_in_order(storage[storage["place"] == names["depot"][at]]),
                )
            )
    return [room for room in found if len(room.stock)]


def _in_order(labels: pd.DataFrame) -> Ints:
    """Return places in the order of their periods."""
    return labels.sort_values("period", kind="stable").index.to_numpy(np.int64)


def _limit_of(limits: Limits) -> Ints:
    """Return the limit of each line of labels."""
    return np.concatenate([limits.of_row, limits.of_column])[limits.labels.index]
