"""Supplies, safety stock: what is missing of stock_targets (S1, elastic).

S1  on hand at a depot at the end of t, good until t + min_life or longer (and not expired with t) >=
    min_quantity - broken; a break counts in people: missing quantity / the largest per_person of the
    commodity in any recipe (1 if none is above 0).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.facts import Facts
from pklogistics.check.matching import look_up, total
from pklogistics.check.supplies_claims import Goods

KEPT = ["place", "commodity", "period"]


def breaks(facts: Facts, goods: Goods) -> pd.DataFrame:
    """Return the stock targets missed: depot, commodity, period, amount and size (people)."""
    if not facts.mission.has("stock_targets"):
        return pd.DataFrame()
    targets = facts.names.coded(facts.mission.by_period("stock_targets"))
    targets = targets.assign(place=goods.supply.place(targets["depot"].to_numpy()))
    targets = targets.assign(kept=_kept(goods, targets))
    largest = np.zeros(len(facts.commodities))
    recipes = facts.table("recipes")
    np.maximum.at(largest, recipes["commodity"].to_numpy(), recipes["per_person"].to_numpy(dtype=float))
    per_person = np.where(largest > 0, largest, 1.0)[targets["commodity"].to_numpy()]
    found = targets.assign(
        rule="S1",
        amount=(targets["min_quantity"] - targets["kept"]) / per_person,
        size=targets["min_quantity"] / per_person,
    )
    return found.loc[found["amount"] > 0, ["rule", "depot", "commodity", "period", "amount", "size"]]


def _kept(goods: Goods, targets: pd.DataFrame) -> NDArray[np.float64]:
    """Return the quantity that each target counts: it is good for as long as the target asks."""
    kept = goods.inventory
    asked = look_up(kept, targets, KEPT, "min_life")
    lasts = kept["last"].to_numpy() - kept["period"].to_numpy() >= np.nan_to_num(asked)
    counted = total(kept[lasts], KEPT, "quantity")
    return np.nan_to_num(look_up(targets, counted, KEPT, "quantity"))
