"""What enters depots: purchases, initial stock and pledges (S1)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Bools
from pklogistics.model.supplies.goods import FAMILY, Goods
from pklogistics.model.supplies.network import Network
from pklogistics.model.supplies.tables import PURCHASE, STOCK, Supplies

KEYS = ["entry", "source", "depot", "commodity", "ordered", "period", "cargo", "expires", "quantity", "node"]


def entry_nodes(supplies: Supplies, network: Network) -> pd.DataFrame:
    """Return each entry in each cargo class: the columns of `Supplies.entries`, entry, cargo and node."""
    entries = supplies.entries.reset_index(names="entry")
    lines = entries.merge(pd.DataFrame({"cargo": range(supplies.cargo_count)}), how="cross")
    vintage = network.index.vintage(lines["commodity"], lines["expires"])
    lot = network.index.depot(lines["depot"], lines["cargo"], vintage)
    return lines.assign(node=network.node(lot, lines["period"]))


def add_entries(assembly: Assembly, goods: Goods, entries: pd.DataFrame, useful: Bools) -> None:
    """Add what is bought, where it is of use, and what is taken of stock and pledges."""
    builder = assembly.builder
    buying = (entries["source"] == PURCHASE).to_numpy(bool)
    bought = entries[buying & useful[entries["node"]]].reset_index(drop=True)
    useful_here = goods.useful(bought["depot"], bought["commodity"], bought["period"])
    most = np.minimum(bought["quantity"], useful_here)
    labels = goods.labels(assembly, bought[["depot", "commodity", "ordered", "period", "cargo", "expires"]])
    bought["bought"] = builder.columns(FAMILY, "bought", labels, upper=most)
    paying = pd.DataFrame(
        {
            "organisation": goods.owner(bought["depot"]),
            "site": goods.site(bought["depot"]),
            "commodity": bought["commodity"],
            "period": bought["ordered"],
            "bought": bought["bought"],
        }
    )
    assembly.charge("procurement", paying, column="bought", rate=bought["price"])
    goods.bought = bought[[*KEYS, "bought"]]
    _add_limits(assembly, goods)

    taken = entries.loc[~buying, KEYS].reset_index(drop=True)
    labels = goods.labels(assembly, taken[["depot", "commodity", "period", "cargo", "expires"]])
    taken["taken"] = builder.columns(FAMILY, "taken", labels, upper=taken["quantity"])
    goods.taken = taken
    _add_intake(assembly, goods)


def _add_limits(assembly: Assembly, goods: Goods) -> None:
    """Add that all cargo classes together buy no more than is for sale."""
    bought = goods.bought
    shared = bought.duplicated("entry", keep=False) & np.isfinite(bought["quantity"])
    lines = bought[shared]
    each = lines.drop_duplicates("entry")
    labels = goods.labels(assembly, each[["depot", "commodity", "ordered", "period"]])
    rows = assembly.builder.rows(FAMILY, "S1_bought", labels, upper=each["quantity"])
    row = pd.Series(rows, index=each["entry"])
    assembly.builder.entries(row.reindex(lines["entry"]).to_numpy(np.int64), lines["bought"])


def _add_intake(assembly: Assembly, goods: Goods) -> None:
    """Add that stock is taken whole; pledges may be declined.

    Where a depot may be out of use its stock is tied to that (see `openings`).
    """
    taken, depots = goods.taken, goods.supplies.depots
    each = taken.drop_duplicates("entry")
    closable = depots["closable"].to_numpy(bool)[each["depot"]]
    may_decline = (each["source"] != STOCK).to_numpy(bool) | closable
    labels = goods.labels(assembly, each[["depot", "commodity", "period", "expires"]])
    whole = each["quantity"].to_numpy(float)
    least = np.where(may_decline, 0.0, whole)
    rows = assembly.builder.rows(FAMILY, "S1_taken", labels, lower=least, upper=whole)
    row = pd.Series(rows, index=each["entry"])
    assembly.builder.entries(row.reindex(taken["entry"]).to_numpy(np.int64), taken["taken"])
