"""Family funding: every cost is paid, and only by money that may pay it (F1, F2).

Sets and symbols
    l a cost line: so much per unit of one column, with a kind of cost, and where they apply an
      organisation, unit, activity, sector, site, region, commodity and period
    f fund;  e one earmark row of a fund: it matches a line if every key that it names is the line's
    k account: all cost lines that the same set of funds may pay

    paid[f,k,t] >= 0      money from f to account k in t, only while f is available in t

Equations
    (F1) sum_f paid[f,k,t] = sum_{l in k, t} rate[l] x[l]
    (F2) sum_{k,t} paid[f,k,t] <= amount[f]

Accounts keep the model small however many cost lines there are. Without a funds table nothing is paid
and cost is an objective only.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import LINE_KEYS, Assembly
from pklogistics.model.program import Bools, Ints
from pklogistics.model.sets import BLANK, Sets, grouped

FAMILY = "funding"

KINDS = (
    "mobilisation",
    "base",
    "presence",
    "service",
    "procurement",
    "transport",
    "depot",
    "route",
    "deployment",
    "sustainment",
)
"""Kinds of cost, by which earmarks may tell cost lines apart."""

EARMARK_KEYS = ("kind", "organisation", "activity", "sector", "site", "region", "commodity")
"""What an earmark row may name; a key that it leaves blank restricts nothing."""


def add_payments(assembly: Assembly) -> None:
    """Gather the cost lines into accounts, and let funds pay them."""
    lines = _gathered(assembly)
    assembly.builder.term("cost", lines["column"], lines["rate"], unit=assembly.mission.header.currency)
    lines["account"] = BLANK
    assembly.lines = lines
    if assembly.mission.has("funds"):
        may_pay, lines["account"] = accounts(assembly.sets, lines)
        _add_accounts(assembly, may_pay)


def _gathered(assembly: Assembly) -> pd.DataFrame:
    """Stack the charges of all families, with the sector of the activity and the region of the site."""
    empty = pd.DataFrame({key: np.zeros(0, dtype=np.int64) for key in (*LINE_KEYS, "column")}).assign(
        rate=0.0
    )
    lines = pd.concat([charge for _, charge in assembly.charges] or [empty], ignore_index=True)
    kinds = [KINDS.index(kind) for kind, _ in assembly.charges]
    kind = np.repeat(np.array(kinds, dtype=np.int64), [len(charge) for _, charge in assembly.charges])
    lines["kind"] = pd.Categorical.from_codes(kind, dtype=pd.CategoricalDtype(list(KINDS)))
    sectors = np.append(assembly.sets.activities["sector"].to_numpy(np.int64), BLANK)
    regions = np.append(assembly.sets.sites["region"].to_numpy(np.int64), BLANK)
    lines["sector"] = sectors[lines["activity"]]
    lines["region"] = regions[lines["site"]]
    return lines


def accounts(sets: Sets, lines: pd.DataFrame) -> tuple[Bools, Ints]:
    """Find the accounts of cost lines.

    Returns
    -------
    may_pay : which funds may pay each account, bool of shape (accounts, funds)
    account : the account of each line, shape (lines,)
    """
    classes, line_class = _classes(sets, lines)
    matches = _matches(sets, classes)
    may_pay, account = np.unique(matches, axis=0, return_inverse=True)
    return may_pay, account.reshape(-1)[line_class].astype(np.int64)


def _classes(sets: Sets, lines: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Put lines into classes that no earmark tells apart: keys that no earmark names are left blank."""
    earmarks = _earmarks(sets)
    keys = {}
    for key in EARMARK_KEYS:
        if key == "kind" or (earmarks[key] != BLANK).any():
            values = (lines[key].cat.codes if key == "kind" else lines[key]).to_numpy()
            keys[key] = np.where(np.isin(values, earmarks[key]), values, BLANK)
    line_class, classes = grouped(pd.DataFrame(keys), list(keys))
    return classes.reindex(columns=list(EARMARK_KEYS), fill_value=BLANK), line_class


def _earmarks(sets: Sets) -> pd.DataFrame:
    """Return the earmark rows with coded keys."""
    table = sets.mission.frame("earmarks")
    coded = {key: sets.names.codes(key, table[key]) for key in EARMARK_KEYS[1:]}
    coded["kind"] = pd.Index(KINDS).get_indexer(pd.Index(table["kind_of_cost"]))
    return pd.DataFrame({"fund": sets.names.codes("fund", table["fund"]), **coded})


def _matches(sets: Sets, classes: pd.DataFrame) -> Bools:
    """Say which funds may pay each class of lines, shape (classes, funds)."""
    earmarks = _earmarks(sets)
    matches = np.zeros((len(classes), sets.names.count("fund")), dtype=bool)
    matches[:, np.setdiff1d(np.arange(matches.shape[1]), earmarks["fund"])] = True
    for earmark in earmarks.to_dict("records"):  # earmark rows are few: a loop over rules, not lines
        fits = np.ones(len(classes), dtype=bool)
        for key in EARMARK_KEYS:
            if earmark[key] != BLANK:
                fits &= (classes[key] == earmark[key]).to_numpy()
        matches[:, earmark["fund"]] |= fits
    return matches


def _add_accounts(assembly: Assembly, may_pay: Bools) -> None:
    builder, sets, lines = assembly.builder, assembly.sets, assembly.lines
    funds = sets.mission.frame("funds")
    numbers, keys = grouped(lines, ["account", "period"])
    rows = builder.rows(FAMILY, "F1", keys, lower=0, upper=0)
    builder.entries(rows[numbers], lines["column"], -lines["rate"])

    line, fund = np.nonzero(may_pay[keys["account"]])
    period = keys["period"].to_numpy()[line]
    available = (funds["from"].to_numpy()[fund] <= period) & (period <= funds["until"].to_numpy()[fund])
    line, fund = line[available], fund[available]
    paid = pd.DataFrame(
        {"fund": fund, "account": keys["account"].to_numpy()[line], "period": keys["period"].to_numpy()[line]}
    )
    labels = paid.assign(fund=sets.names.labels["fund"][fund])
    paid["paid"] = builder.columns(FAMILY, "paid", labels, upper=funds["amount"].to_numpy(float)[fund])
    builder.entries(rows[line], paid["paid"], 1)
    limits = builder.rows(FAMILY, "F2", funds[["fund"]], upper=funds["amount"])
    builder.entries(limits[fund], paid["paid"], 1)
    assembly.payments = paid
    assembly.accounts = pd.DataFrame(
        {
            "account": np.arange(len(may_pay)),
            "funds": ["; ".join(sets.names.labels["fund"][row]) for row in may_pay],
        }
    )
