"""Where money is stuck: what a dollar added to a fund would meet, and one of its dollars un-earmarked."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.results import STUCK_COLUMNS
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.tolerances import NO_PRICE
from pklogistics.explain.values.prices import Prices
from pklogistics.explain.values.value import CONFIRMED, share_of
from pklogistics.explain.values.worth import SAME, Gained, worth_of
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK
from pklogistics.plan.mention import mention

BEGINS = "nothing would be by what is there, but with enough at once something new may begin, such as a base"
"""Why it is not known whether more would be met with money that is free to pay for anything."""


def stuck_money(questions: Questions, prices: Prices, until: Deadline) -> pd.DataFrame:
    """Return for each fund what a dollar added would meet, and one un-earmarked; the most stuck first.

    An un-earmarked dollar may pay for anything in the fund's dates: it is worth what the dearest account
    would give for it, less what it does where it is. Of the first funds both figures are confirmed by solving
    again, with a hundredth of the fund added, or free to pay for whatever gains most, as far as
    ``until`` allows.
    """
    groups = {group.name for group in questions.model.program.row_groups}
    if not prices.found or "F2" not in groups or questions.model.assembly.payments.empty:
        return pd.DataFrame(columns=list(STUCK_COLUMNS))
    found = _confirmed(prices, _priced(questions, prices), until)
    found.loc[~(found["gain"] > NO_PRICE), "needed_by"] = ""
    return found[list(STUCK_COLUMNS)]


def _priced(questions: Questions, prices: Prices) -> pd.DataFrame:
    """Return for each fund what prices say, the most stuck first, and the rows of what it could pay for."""
    assembly = questions.model.assembly
    groups = {group.name: group for group in questions.model.program.row_groups}
    funds, accounts = assembly.mission.frame("funds"), groups["F1"].keys
    amount = funds["amount"].to_numpy(float)
    added = np.maximum(-prices.duals[groups["F2"].index], 0.0)
    worth = np.maximum(prices.duals[groups["F1"].index], 0.0)
    period = accounts["period"].to_numpy(np.int64)
    live = (funds["from"].to_numpy()[:, None] <= period) & (period <= funds["until"].to_numpy()[:, None])
    dearest = np.where(live, worth, -1.0)
    at = dearest.argmax(axis=1)
    best = np.maximum(dearest[np.arange(len(funds)), at], added)
    needed = [_needed_by(questions, int(accounts["account"].iloc[line])) for line in at]
    frame = pd.DataFrame(
        {
            "fund": funds["fund"],
            "left": _left(questions, amount),
            "added": added,
            "unearmarked": best,
            "gain": best - added,
            "needed_by": np.where(best > added, needed, ""),
            "step": [share_of(each) for each in amount.tolist()],
            "fund_row": groups["F2"].index,
            "account_rows": [groups["F1"].index[may] for may in live],
        }
    )
    return frame.sort_values("gain", ascending=False, kind="stable", ignore_index=True)


def _left(questions: Questions, amount: Floats) -> Floats:
    """Return what the plan leaves in each fund, of so much; next to nothing is nothing."""
    payments = questions.model.assembly.payments
    paid = np.bincount(payments["fund"], weights=questions.x[payments["paid"]], minlength=len(amount))
    left = np.maximum(amount - paid, 0.0)
    return np.where(left < 1e-9 * amount, 0.0, left)


def _confirmed(prices: Prices, frame: pd.DataFrame, until: Deadline) -> pd.DataFrame:
    """Return the funds with the figures of the first of them confirmed; what there is no time for is NaN.

    Prices at a limit that is just used up say what one less loses: what one more gains is found out here. If
    that is nothing, though there is a price, money that is freed may still begin something new, which takes
    much at once: whether that gains anything is not known, and the gain is NaN.
    """
    figures = {name: frame[name].to_numpy(float).copy() for name in ("added", "gain")}
    again = {name: np.full(len(frame), np.nan) for name in figures}
    begins, solved = np.zeros(len(frame), dtype=bool), []
    for at, line in enumerate(frame.to_dict("records")):
        # What is found out is no more than the price: the next is looked at if it might still come first.
        if np.sum(figures["gain"][:at] >= line["gain"]) >= CONFIRMED:
            break
        step, fund = float(line["step"]), int(line["fund_row"])
        raised = partial(prices.gain, np.array([fund]), until=until)
        freed = partial(prices.freed, fund, line["account_rows"], until=until)
        for name, gained in (("added", raised), ("gain", freed)):
            solved.append((name, at, gained, step))
            figures[name][at], again[name][at] = _step(gained, figures[name][at], step, until)
            begins[at] = name == "gain" and frame["gain"][at] > NO_PRICE >= figures[name][at]
    begins &= prices.left > NO_PRICE
    # A step of each takes one program, what the first of it is worth takes several.
    for name, at, gained, step in solved:
        price, each = float(frame[name][at]), again[name][at]
        if NO_PRICE < each < SAME * price:
            worth = worth_of(gained, price, [step / share_of(1.0), step], until)
            figures[name][at] = max(each, 0.0 if worth is None else worth.weighted)
    figures["gain"][begins] = again["gain"][begins] = np.nan
    frame = frame.assign(
        added=figures["added"],
        gain=figures["gain"],
        unearmarked=figures["added"] + figures["gain"],
        confirmed_added=again["added"],
        confirmed_gain=again["gain"],
        begins=begins,
    )
    return frame.sort_values("gain", ascending=False, kind="stable", ignore_index=True)


def _step(gained: Gained, price: float, step: float, until: Deadline) -> tuple[float, float]:
    """Return what one more is worth as far as a step tells, and each of the step: NaN if that is not known.

    What a price says is the most that can follow: where it is nothing it is not solved again. On average
    each of the step gains no more than the first does.
    """
    if price <= NO_PRICE:
        return 0.0, 0.0
    found = None if until.passed else gained(step)
    if found is None:
        return price, np.nan
    each = found.weighted / step
    if each <= NO_PRICE:
        return 0.0, 0.0
    return (price if each >= SAME * price else each), each


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
