"""Who gets which goods: what is given at a site, by activity and by expiry.

The program says how much of each commodity every activity takes, and how much of each vintage comes to the
site; which vintage goes to which activity is of no consequence, and is settled here in order.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK, CARGOES, grouped
from pklogistics.model.supplies.goods import Goods

_NOTHING = 1e-9
"""A share of what is given at a site that is smaller is rounding."""


def distributions(assembly: Assembly, goods: Goods, x: Floats) -> pd.DataFrame:
    """Return the goods given to people: site, activity, commodity, cargo, expires, period, quantity."""
    taken = _taken(goods, x)
    come = _come(goods, x, taken)
    lines = _matched(come, taken)
    names = assembly.sets.names.labels
    site, activity, commodity = (
        names[kind].to_numpy(dtype=object)[lines[kind].to_numpy(np.int64)]
        for kind in ("site", "activity", "commodity")
    )
    expires = lines["expires"].astype(float)
    return pd.DataFrame(
        {
            "site": site,
            "activity": activity,
            "commodity": commodity,
            "cargo": np.array(CARGOES, dtype=object)[lines["cargo"].to_numpy(np.int64)],
            "expires": expires.where(expires < goods.supplies.never),
            "period": lines["period"].to_numpy(np.int64),
            "quantity": lines["quantity"].to_numpy(float),
        }
    )


def _taken(goods: Goods, x: Floats) -> pd.DataFrame:
    """Return what each activity takes out of each node of use: node, the keys of the table, quantity."""
    people = goods.people.assign(people=x[goods.people["served"].to_numpy(np.int64)])
    served = people.groupby("table")["people"].sum()
    portions = goods.portions
    exact = portions["least"] * portions["table"].map(served).to_numpy()
    chosen = np.append(x, 0.0)[portions["portion"].to_numpy(np.int64)]
    quantity = np.where(portions["portion"] == BLANK, exact, chosen)
    keys = ["node", "site", "activity", "commodity", "cargo", "period"]
    lines = portions[keys].assign(quantity=quantity)
    return lines[lines["quantity"] > 0].reset_index(drop=True)


def _come(goods: Goods, x: Floats, taken: pd.DataFrame) -> pd.DataFrame:
    """Return the vintages that are given out at each node of use: node, expires, quantity.

    Where goods can wait in the node of use itself they never expire, so there is but one vintage.
    """
    network = goods.network
    parts = [
        pd.DataFrame({"node": frame["head"], "expires": frame["expires"], "quantity": x[frame[name]]})
        for frame, name in ((goods.sent, "sent"), (goods.given, "given"))
    ]
    come = pd.concat(parts, ignore_index=True)
    come = come[(come["quantity"] > 0) & come["node"].isin(taken["node"])]
    waiting = network.lots["keeps"].to_numpy(bool)[network.lot[come["node"].to_numpy(np.int64)]]
    nodes = taken["node"].drop_duplicates()
    kept = nodes[network.lots["keeps"].to_numpy(bool)[network.lot[nodes.to_numpy(np.int64)]]]
    waited = pd.DataFrame({"node": kept, "expires": goods.supplies.never, "quantity": 1.0})
    both = pd.concat([come[~waiting], waited], ignore_index=True)
    numbers, keys = grouped(both, ["node", "expires"])
    return keys.assign(quantity=np.bincount(numbers, weights=both["quantity"], minlength=len(keys)))


def _matched(come: pd.DataFrame, taken: pd.DataFrame) -> pd.DataFrame:
    """Split what is taken by what has come, in order, within each node.

    Running shares of both sides are laid over each other: every stretch between two neighbouring ends is
    of one vintage and one activity.
    """
    taken = taken[taken["node"].isin(come["node"])].sort_values("node", kind="stable", ignore_index=True)
    come = come[come["node"].isin(taken["node"])].sort_values("node", kind="stable", ignore_index=True)
    ends = [_ends(frame) for frame in (come, taken)]
    cuts = np.unique(np.concatenate(ends))
    vintage, taker = (np.minimum(np.searchsorted(end, cuts), len(end) - 1) for end in ends)
    share = np.diff(cuts, prepend=0.0)
    total = taken.groupby("node")["quantity"].transform("sum").to_numpy()
    lines = taken.iloc[taker].assign(
        expires=come["expires"].to_numpy()[vintage], quantity=share * total[taker]
    )
    whole = (share > _NOTHING) & (come["node"].to_numpy()[vintage] == taken["node"].to_numpy()[taker])
    matched: pd.DataFrame = lines[whole]
    return matched.reset_index(drop=True)


def _ends(frame: pd.DataFrame) -> Floats:
    """Return where each line ends if the lines of the n-th node fill the stretch from n to n + 1."""
    total = frame.groupby("node")["quantity"].transform("sum")
    share = frame.groupby("node")["quantity"].cumsum() / total
    last = ~frame.duplicated("node", keep="last")
    first = ~frame.duplicated("node")
    ends: Floats = np.cumsum(first.to_numpy()) - 1 + share.where(~last, 1.0).to_numpy(float)
    return ends
