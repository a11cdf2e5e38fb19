"""From a settled point to the tables of money: cost lines, who pays them, accounts and funds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.build import Model
from pklogistics.model.labels import labelled, labels
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK

LINE_COLUMNS = ("organisation", "unit", "activity", "sector", "site", "region", "commodity")


def decode_costs(model: Model, x: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cost lines, and who pays which of them."""
    assembly, sets = model.assembly, model.assembly.sets
    lines = assembly.lines.assign(amount=assembly.lines["rate"] * x[assembly.lines["column"]])
    lines = lines[lines["amount"] > 0]
    by = ["kind", *LINE_COLUMNS, "period", "account"]
    lines = lines.groupby(by, observed=True)["amount"].sum().reset_index()
    lines = lines.sort_values(["account", "period"], kind="stable", ignore_index=True)
    table = labelled(
        sets,
        lines,
        {
            "kind_of_cost": lines["kind"].astype(str),
            **dict.fromkeys(LINE_COLUMNS),
            "period": None,
            "amount": None,
            "account": _account_names(lines["account"]),
        },
    )
    return table, _payments(model, x, lines, table)


def _account_names(accounts: pd.Series[int]) -> np.ndarray:
    return np.where(accounts == BLANK, "", "account " + (accounts + 1).astype(str))


def _payments(model: Model, x: Floats, lines: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Spread each fund's money over the lines of its account, in order, until both are used up."""
    sets, payments = model.assembly.sets, model.assembly.payments
    columns = ["fund", *[column for column in costs if column != "account"]]
    if payments.empty or lines.empty:
        return pd.DataFrame(columns=columns)
    paid = payments.assign(amount=x[payments["paid"]])
    paid = paid[paid["amount"] > 0].sort_values(["account", "period", "fund"], ignore_index=True)
    # Lines and payments of an account and period add up to the same sum, so their running totals over
    # all accounts meet: every stretch between two neighbouring totals is one line paid by one fund.
    due, given = lines["amount"].cumsum().to_numpy(), paid["amount"].cumsum().to_numpy()
    ends = np.unique(np.concatenate([due, given]))
    line = np.minimum(np.searchsorted(due, ends, side="left"), len(due) - 1)
    fund = np.minimum(np.searchsorted(given, ends, side="left"), len(given) - 1)
    amount = np.diff(ends, prepend=0.0)
    same = (lines["account"].to_numpy()[line] == paid["account"].to_numpy()[fund]) & (
        lines["period"].to_numpy()[line] == paid["period"].to_numpy()[fund]
    )
    table = (
        costs.drop(columns=["account", "amount"])
        .iloc[line]
        .assign(fund=labels(sets, "fund", paid["fund"].to_numpy()[fund]), amount=amount)
    )
    # What lies between totals that differ by rounding alone belongs to no pair.
    spread: pd.DataFrame = table[same][columns]
    return spread.reset_index(drop=True)


def decode_accounts(model: Model, costs: pd.DataFrame) -> pd.DataFrame:
    """Return what each account costs by period, and the funds that may pay it."""
    accounts = model.assembly.accounts
    if accounts.empty:
        return pd.DataFrame(columns=["account", "funds", "period", "cost"])
    totals = costs.groupby(["account", "period"], as_index=False)["amount"].sum()
    names = pd.Series(accounts["funds"].to_numpy(), index=_account_names(accounts["account"]))
    funds = names.reindex(totals["account"]).to_numpy()
    return pd.DataFrame(
        {"account": totals["account"], "funds": funds, "period": totals["period"], "cost": totals["amount"]}
    )


def decode_funds(model: Model, payments: pd.DataFrame) -> pd.DataFrame:
    """Return what is paid from each fund, and what is left."""
    funds = model.assembly.mission.frame("funds")
    paid = payments.groupby("fund")["amount"].sum().reindex(funds["fund"]).fillna(0.0).to_numpy(float)
    amount = funds["amount"].to_numpy(float)
    # A sum of many payments misses a fund that is used up by its last digits.
    paid = np.where(np.abs(amount - paid) <= 1e-9 * amount, amount, paid)
    return pd.DataFrame(
        {
            "fund": funds["fund"],
            "donor": funds["donor"],
            "amount": amount,
            "paid": paid,
            "left": np.maximum(amount - paid, 0.0),
        }
    )
