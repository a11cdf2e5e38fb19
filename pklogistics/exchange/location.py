"""Location problems with goods: one supplier, customers who each take units, depots that send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.exchange.numbers import Floats

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

SUPPLIER, GOODS, SECTOR = "supplier", "goods", "location"
UNIT_T = 0.5
"""Weight of a unit in tonnes: nothing that a person could not take, and costs come out to the last digit."""


def customers(site: np.ndarray, people: Floats | float) -> dict[str, Rows]:
    """Return the tables of customers, each of whose people takes one unit of goods, and of their supplier.

    The supplier hands out what comes, without limit and at no cost; where goods come from, others say.
    """
    return {
        "sites": pd.DataFrame({"site": site}),
        "activities": [{"activity": GOODS, "sector": SECTOR}],
        "needs": pd.DataFrame({"site": site, "activity": GOODS, "people": people}),
        "organisations": [{"organisation": SUPPLIER}],
        "capabilities": [{"organisation": SUPPLIER, "activity": GOODS, "modality": "in_kind"}],
        "commodities": [{"commodity": GOODS, "unit": "unit", "weight_t": UNIT_T}],
        "recipes": [{"activity": GOODS, "commodity": GOODS, "per_person": 1}],
    }
