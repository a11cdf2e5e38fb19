"""Where money is stuck: what a dollar added to a fund would meet, and one of its dollars un-earmarked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.explain.prices import Gain, Prices
from pklogistics.explain.questions import Questions
from pklogistics.explain.results import STUCK_COLUMNS
from pklogistics.explain.until import Until
from pklogistics.explain.values import CONFIRMED, share_of
from pklogistics.model.sets import BLANK
from pklogistics.plan.mention import mention

_NOTHING = 1e-9
"""Weighted need that a unit of money meets, below which it is what a solver left of nothing."""


def stuck_money(questions: Questions, prices: Prices, until: Until) -> pd.DataFrame:
    """Return for each fund what a dollar added would meet, and one un-earmarked; the most stuck first.

    An un-earmarked dollar may pay for anything in the fund's dates: it is worth what the dearest account
    would give for it, less what it does where it is. Of the first funds both figures are confirmed by solving
    again, with a hundredth of the fund added, or free to pay for whatever gains most, as far as
    ``until`` allows.
    """
    assembly, program = questions.model.assembly, questions.model.program
    groups = {group.name: group for group in program.row_groups}
    if not prices.found or "F2" not in groups or assembly.payments.empty:
        return pd.DataFrame(columns=list(STUCK_COLUMNS))
    funds = assembly.mission.frame("funds")
    added = np.maximum(-prices.duals[groups["F2"].index], 0.0)
    accounts = groups["F1"].keys
    worth = np.maximum(prices.duals[groups["F1"].index], 0.0)
    period = accounts["period"].to_numpy(np.int64)
    live = (funds["from"].to_numpy()[:, None] <= period) & (period <= funds["until"].to_numpy()[:, None])
    dearest = np.where(live, worth, -1.0)
    at = dearest.argmax(axis=1)
    best = np.maximum(dearest[np.arange(len(funds)), at], added)
    payments = assembly.payments
    paid = np.bincount(payments["fund"], weights=questions.x[payments["paid"]], minlength=len(funds))
    needed = [_needed_by(questions, int(accounts["account"].iloc[line])) for line in at]
    frame = pd.DataFrame(
        {
            "fund": funds["fund"],
            "left": np.maximum(funds["amount"].to_numpy(float) - paid, 0.0),
            "added": added,
            "unearmarked": best,
            "gain": best - added,
            "needed_by": np.where(best > added, needed, ""),
            "step": [share_of(float(amount)) for amount in funds["amount"]],
            "fund_row": groups["F2"].index,
            "account_rows": [groups["F1"].index[may] for may in live],
        }
    )
    frame.loc[frame["left"] < 1e-9 * funds["amount"].to_numpy(float), "left"] = 0.0
    frame = frame.sort_values("gain", ascending=False, kind="stable", ignore_index=True)
    return _confirmed(prices, frame, until)[list(STUCK_COLUMNS)]


def _confirmed(prices: Prices, frame: pd.DataFrame, until: Until) -> pd.DataFrame:
    """Return the funds with the confirmed figures of the first of them; what there is no time for is NaN."""
    added, gain = (np.full(len(frame), np.nan) for _ in range(2))
    for at, line in enumerate(frame.head(CONFIRMED).to_dict("records")):
        step, fund = float(line["step"]), int(line["fund_row"])
        # What a price says is the most that can follow: where it is nothing there is nothing to solve.
        added[at] = 0.0 if line["added"] <= _NOTHING else np.nan
        gain[at] = 0.0 if line["gain"] <= _NOTHING else np.nan
        if np.isnan(added[at]) and not until.passed:
            added[at] = _each(prices.gain(np.array([fund]), step, until), step)
        if np.isnan(gain[at]) and not until.passed:
            gain[at] = _each(prices.freed(fund, line["account_rows"], step, until), step)
    return frame.assign(confirmed_added=added, confirmed_gain=gain)


def _each(gain: Gain | None, step: float) -> float:
    """Return what one unit of a step gains, NaN if that was not found out."""
    return np.nan if gain is None else gain.weighted / step


def _needed_by(questions: Questions, account: int) -> str:
    """Return who and what an account pays for: "organisation 'ocha': activity 'wash'; activity 'food'"."""
    assembly = questions.model.assembly
    lines = assembly.lines[assembly.lines["account"] == account]
    labels = assembly.sets.names.labels
    parts = []
    for kind in ("organisation", "activity"):
        codes = lines.loc[lines[kind] != BLANK, kind].drop_duplicates()
        names = labels[kind].to_numpy()[codes.to_numpy(np.int64)[:3]]
        told = "; ".join(mention(kind, name) for name in names)
        parts.append(told + (" and others" if len(codes) > 3 else ""))
    return ": ".join(filter(None, parts)) or "; ".join(lines["kind"].astype(str).drop_duplicates())
