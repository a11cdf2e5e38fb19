"""Funding: who pays what (F1, F2).

F1  sum over funds of the payments of a cost line = its cost; a fund pays only within its dates, and only
    lines that one of its earmarks matches (each non-blank key equal; no earmark: any line).
F2  sum of a fund's payments <= its amount.
    Without a table of funds nothing is paid.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.forms import COST_LINE
from pklogistics.check.matching import occurs, side_by_side, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import slack

EARMARKED = ("organisation", "activity", "sector", "site", "region", "kind_of_cost", "commodity")
KEYS = [name for name in COST_LINE if name != "period"]


def check(facts: Facts, claims: Claims, lines: pd.DataFrame) -> list[Violation]:
    """Return the violations of F1 and F2; ``lines`` are the recomputed cost lines."""
    if not facts.mission.has("funds"):
        return _unasked(claims)
    return [
        *_paid(claims, lines),
        *_earmarks(facts, claims),
        *_dates(facts, claims),
        *_amounts(facts, claims),
    ]


def _unasked(claims: Claims) -> list[Violation]:
    payments = claims.tables["payments"]
    wrong = payments[payments["amount"] > slack()]
    return violations(
        claims.names,
        "F1",
        wrong,
        ["fund", *KEYS],
        "currency",
        "{amount} are paid, but the mission has no funds",
    )


def _paid(claims: Claims, lines: pd.DataFrame) -> list[Violation]:
    both = side_by_side(lines, claims.tables["payments"], COST_LINE, ["amount"])
    both = both.rename(columns={"amount": "cost", "amount_stated": "paid"})
    astray = np.abs(both["cost"] - both["paid"])
    wrong = both.assign(amount=astray)[astray > slack(both["cost"], both["paid"])]
    return violations(
        claims.names,
        "F1",
        wrong,
        KEYS,
        "currency",
        "the cost of {kind_of_cost} ({organisation}{unit} {activity}{commodity} {site}) in period {period} "
        "is {cost}, of which {paid} are paid",
    )


def _earmarks(facts: Facts, claims: Claims) -> list[Violation]:
    payments = claims.tables["payments"]
    payments = payments[payments["amount"] > slack()].reset_index(drop=True)
    fund = payments["fund"].to_numpy()
    matched = np.zeros(len(payments), dtype=bool)
    for pattern, marks in _patterns(facts.table("earmarks")):
        matched |= occurs(payments, marks, ["fund", *pattern])
    wrong = payments[~matched & _earmarked(facts)[fund]]
    return violations(
        claims.names,
        "F1",
        wrong,
        ["fund", *KEYS],
        "currency",
        "fund {fund} pays {amount} for {kind_of_cost} ({organisation}{unit} {activity}{commodity} {site}) in "
        "period {period}, which none of its earmarks allows",
    )


def _earmarked(facts: Facts) -> NDArray[np.bool_]:
    """Tell for each fund whether it has earmarks at all."""
    return np.isin(np.arange(len(facts.funds)), facts.table("earmarks")["fund"].to_numpy())


def _patterns(earmarks: pd.DataFrame) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """Yield the earmarks that fill the same columns together, with these columns.

    There are few such patterns, and within one an earmark matches by plain equality, which joins fast.
    """
    filled = earmarks[list(EARMARKED)] != BLANK
    pattern = filled.to_numpy() @ (1 << np.arange(len(EARMARKED)))
    for number in np.unique(pattern):
        yield [name for bit, name in enumerate(EARMARKED) if number >> bit & 1], earmarks[pattern == number]


def eligible(facts: Facts, lines: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell for each line (row) and fund (column) whether the fund's earmarks allow it, whatever the date."""
    allowed = np.tile(~_earmarked(facts), (len(lines), 1))
    numbered = lines.assign(line=np.arange(len(lines)))
    for pattern, marks in _patterns(facts.table("earmarks")):
        marks = marks[["fund", *pattern]].drop_duplicates()
        pairs = numbered.merge(marks, on=pattern) if pattern else numbered.merge(marks, how="cross")
        allowed[pairs["line"].to_numpy(), pairs["fund"].to_numpy()] = True
    return allowed


def available(facts: Facts, period: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each period given (row) and fund (column) whether the fund may be spent then."""
    begin, end = facts.funds["from"].to_numpy(), facts.funds["until"].to_numpy()
    open_then: NDArray[np.bool_] = (period[:, None] >= begin) & (period[:, None] <= end)
    return open_then


def _dates(facts: Facts, claims: Claims) -> list[Violation]:
    payments = claims.tables["payments"]
    payments = payments[payments["amount"] > slack()]
    fund = payments["fund"].to_numpy()
    begin = facts.funds["from"].to_numpy()[fund]
    end = facts.funds["until"].to_numpy()[fund]
    period = payments["period"].to_numpy()
    dated = payments.assign(begin=begin, end=end)
    return violations(
        claims.names,
        "F1",
        dated[(period < begin) | (period > end)],
        ["fund", *KEYS],
        "currency",
        "fund {fund} pays {amount} in period {period}; it may be spent in periods {begin} to {end}",
    )


def _amounts(facts: Facts, claims: Claims) -> list[Violation]:
    paid = total(claims.tables["payments"], ["fund"], "amount").rename(columns={"amount": "paid"})
    paid = paid.assign(holds=facts.funds["amount"].to_numpy(dtype=float)[paid["fund"].to_numpy()])
    over = paid["paid"] - paid["holds"]
    wrong = paid.assign(amount=over)[over > slack(paid["paid"], paid["holds"])]
    return violations(
        claims.names, "F2", wrong, ["fund"], "currency", "fund {fund} pays {paid}; it holds {holds}"
    )
