"""Family supplies, in words: what goods a violation is about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.findings import violations
from pklogistics.check.names import CARGO
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods


def told(
    goods: Goods, claims: Claims, rule: str, rows: pd.DataFrame, keys: Sequence[str], message: str
) -> list[Violation]:
    """Return a violation for each row about goods, its amount (else its quantity) in units of the commodity.

    The message may speak of ``{counted}`` (kg, bags) and ``{lot}``: the commodity, and as far as the rows
    have cargo and last, for whom it is and until when it is good. These are keys as well.
    """
    if rows.empty:
        return []
    rows = rows if "amount" in rows else rows.assign(amount=rows["quantity"])
    commodity = rows["commodity"].to_numpy()
    counted = goods.supply.commodities["unit"].replace("", "units").to_numpy(dtype=object)[commodity]
    lot, keys = claims.names.label("commodity", commodity), [*keys, "commodity"]
    if "cargo" in rows and len(claims.names.known["cargo"]) > 1:
        refused = rows["cargo"].to_numpy() == CARGO.index("unescorted")
        words = np.array([" for those who accept escort", " for those who refuse escort"], dtype=object)
        lot, keys = lot + words[refused.astype(np.int64)], [*keys, "cargo"]
    if "last" in rows:
        ends, last = goods.supply.life.perishes(rows), rows["last"].tolist()
        lot = lot + np.array(
            [f" good until period {t}" if e else "" for t, e in zip(last, ends, strict=True)]
        )
        rows = rows.assign(expires=[t if e else "" for t, e in zip(last, ends, strict=True)])
        keys = [*keys, "expires"]
    return violations(claims.names, rule, rows.assign(counted=counted, lot=lot), keys, "{counted}", message)
