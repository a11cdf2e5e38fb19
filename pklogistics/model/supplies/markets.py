"""Cash and vouchers need no goods, but a market that can bear them (S6)."""

from __future__ import annotations

import numpy as np

from pklogistics.model.assembly import Assembly
from pklogistics.model.sets import grouped
from pklogistics.model.supplies.goods import FAMILY

IN_MONEY = ("cash", "voucher")


def add_markets(assembly: Assembly) -> None:
    """Add how many people a site's market can bear in a period, where more could be served so."""
    builder, sets, options = assembly.builder, assembly.sets, assembly.options
    capacity = sets.sites["market_capacity"].astype(float).fillna(np.inf).to_numpy()
    in_money = sets.capabilities["modality"].isin(IN_MONEY).to_numpy(bool)
    lines = options[in_money[options["h"]] & np.isfinite(capacity[options["site"]])]
    numbers, keys = grouped(lines, ["site", "period"])
    most = np.bincount(numbers, weights=lines["limit"], minlength=len(keys))
    # What staff or other limits keep below it today it may bind once they are relaxed.
    binding = (most > capacity[keys["site"]]) | sets.apart
    if not binding.any():
        return
    rows = np.full(len(keys), -1)
    chosen = keys[binding]
    labels = assembly.labelled(chosen)
    rows[binding] = builder.rows(FAMILY, "S6", labels, upper=capacity[chosen["site"]])
    bound = binding[numbers]
    builder.entries(rows[numbers[bound]], lines["served"][bound])
