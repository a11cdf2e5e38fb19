"""Consistency: a plan's tables say the same thing of the same decisions.

The decisions are service (people), presence (capability rows in use), mobilisation (when), stationing
(count) and payments (amount). Everything else in the plan follows from them and is recomputed here, but
for bases (C4), moves (T1), broken (its rules) and what follows from goods (`supplies_consistency`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import NEED, Facts
from pklogistics.check.findings import violations
from pklogistics.check.forms import COST_LINE, SERVED
from pklogistics.check.funding import available, eligible
from pklogistics.check.matching import look_up, occurs, side_by_side, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import NOTHING, slack


def check(facts: Facts, claims: Claims, lines: pd.DataFrame, *, as_made: bool) -> list[Violation]:
    """Return where derived tables do not follow from the decisions.

    Parameters
    ----------
    lines : recomputed cost lines
    as_made : whether the mission has the changes that the plan was made with. Where it has not, what the
        plan repeats of it (what funds hold, their donors, who may pay) is of another and no claim; that
        payments are allowed and funds suffice here (F1, F2) is looked at all the same
    """
    return [
        *_sectors(facts, claims),
        *_either(claims),
        *_people(claims),
        *_persons(facts, claims),
        *_coverage(claims),
        *_shares(claims),
        *_shortfalls(claims),
        *_costs(claims, lines),
        *_accounts(claims),
        *_funds(facts, claims, as_made=as_made),
        *(_account_funds(facts, claims) if as_made else ()),
        *(_donors(facts, claims) if as_made else ()),
    ]


def differences(
    claims: Claims,
    table: str,
    both: pd.DataFrame,
    keys: Sequence[str],
    columns: dict[str, str],
) -> list[Violation]:
    """Return a violation wherever a column and its ``_stated`` twin differ; ``columns`` gives the units."""
    found = []
    for column, unit in columns.items():
        right, said = (both[name].to_numpy(dtype=float) for name in (column, f"{column}_stated"))
        astray = np.abs(right - said)
        # What is blank is as far off as what should stand there.
        amount = np.where(np.isnan(astray), np.abs(right), astray)
        wrong = ~(astray <= slack(right, said))
        if not wrong.any():
            continue
        period = " in period {period}" if "period" in both else ""
        told = {"amount": amount[wrong], "right": right[wrong], "said": said[wrong]}
        found += violations(
            claims.names,
            "tables",
            both[wrong].assign(table=table, **told),
            ["table", *keys],
            unit,
            f"table '{table}': {column} of {' '.join(f'{{{key}}}' for key in keys)}{period} is {{said}}; "
            "it follows from the decisions that it is {right}",
        )
    return found


def _sectors(facts: Facts, claims: Claims) -> list[Violation]:
    found = []
    for table in ("service", "coverage", "shortfalls"):
        rows = claims.tables[table]
        wrong = rows[(rows["sector"] != facts.placed(rows)["sector"]).to_numpy()].assign(
            amount=1.0, table=table
        )
        found += violations(
            claims.names,
            "tables",
            wrong,
            ["table", "site", "activity", "sector"],
            "rows",
            f"table '{table}': {{activity}} at {{site}} in period {{period}} is not in sector {{sector}}",
        )
    return found


def _either(claims: Claims) -> list[Violation]:
    service = claims.service
    both = (service["organisation"] != BLANK) & (service["post"] != BLANK)
    wrong = service[both].assign(amount=1.0, table="service")
    return violations(
        claims.names,
        "tables",
        wrong,
        ["table", "site", "activity", "organisation", "post"],
        "rows",
        "table 'service': {activity} at {site} in period {period} has both {organisation} and post {post} "
        "in one row",
    )


def _people(claims: Claims) -> list[Violation]:
    service = claims.tables["service"]
    service = service[service["organisation"] != BLANK]
    both = side_by_side(service, claims.tables["presence"], SERVED, ["people"])
    # A missing presence is a matter of C1; here the numbers of the rows that are there are compared.
    both = both[occurs(both, claims.tables["presence"], SERVED)]
    keys = [name for name in SERVED if name != "period"]
    return differences(claims, "presence", both, keys, {"people": "people"})


def _persons(facts: Facts, claims: Claims) -> list[Violation]:
    stationing = claims.tables["stationing"]
    each = facts.units["persons"].to_numpy(dtype=float)[stationing["unit"].to_numpy()]
    both = stationing.assign(persons_stated=stationing["persons"], persons=each * stationing["count"])
    return differences(claims, "stationing", both, ["unit", "site"], {"persons": "persons"})


def _coverage(claims: Claims) -> list[Violation]:
    met = claims.met.rename(columns={"covered": "covered_by_others"})
    coverage = claims.tables["coverage"]
    columns = {"people": "people", "covered_by_others": "people", "served": "people", "unmet": "people"}
    both = side_by_side(met, coverage, NEED, list(columns))
    both = both[occurs(both, coverage, NEED)]
    # N1 tells where unmet is not what service leaves over.
    del columns["unmet"]
    absent = met[(met["people"] > NOTHING) & ~occurs(met, coverage, NEED)]
    return [
        *differences(claims, "coverage", both, ["site", "activity"], columns),
        *violations(
            claims.names,
            "tables",
            absent.assign(amount=absent["people"], table="coverage"),
            ["table", "site", "activity"],
            "people",
            "table 'coverage' has no row for {activity} at {site} in period {period}",
        ),
    ]


def _shares(claims: Claims) -> list[Violation]:
    coverage = claims.tables["coverage"]
    met = claims.met.assign(reached=claims.met["covered"] + claims.met["served"])
    people = look_up(coverage, met, NEED, "people")
    reached = look_up(coverage, met, NEED, "reached")
    asked = people > NOTHING
    share = np.divide(reached, people, out=np.ones(len(coverage)), where=asked)
    both = coverage.assign(share=share, share_stated=coverage["share"])[asked]
    return differences(claims, "coverage", both, ["site", "activity"], {"share": "share"})


def _shortfalls(claims: Claims) -> list[Violation]:
    met = claims.met.assign(
        weighted=claims.met["unmet"] * claims.met["weight"], severity=claims.met["severity"].fillna(0.0)
    )
    stated = claims.tables["shortfalls"]
    stated = stated.assign(severity=stated["severity"].fillna(0.0))
    short = met[(met["unmet"] > NOTHING) | occurs(met, stated, NEED)]
    columns = {"unmet": "people", "weighted": "weighted people"}
    both = side_by_side(short, stated, NEED, list(columns))
    graded = side_by_side(short, stated, NEED, ["severity"])
    graded = graded[occurs(graded, stated, NEED)]
    return [
        *differences(claims, "shortfalls", both, ["site", "activity"], columns),
        *differences(claims, "shortfalls", graded, ["site", "activity"], {"severity": "grades"}),
    ]


def _costs(claims: Claims, lines: pd.DataFrame) -> list[Violation]:
    both = side_by_side(lines, claims.tables["costs"], COST_LINE, ["amount"])
    keys = [name for name in COST_LINE if name != "period"]
    return differences(
        claims,
        "costs",
        both.rename(columns={"amount": "cost", "amount_stated": "cost_stated"}),
        keys,
        {"cost": "currency"},
    )


def _accounts(claims: Claims) -> list[Violation]:
    costs = claims.tables["costs"].rename(columns={"amount": "cost"})
    costs = costs[costs["account"] != BLANK]
    both = side_by_side(costs, claims.tables["accounts"], ["account", "period"], ["cost"])
    return differences(claims, "accounts", both, ["account"], {"cost": "currency"})


def _account_funds(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the cost lines whose account does not have exactly the funds that may pay them.

    An account may leave out funds that cannot be spent in its period, or not.
    """
    if not facts.mission.has("funds"):
        return []
    costs = claims.tables["costs"]
    costs = costs[costs["amount"] > slack()].reset_index(drop=True)
    may = eligible(facts, costs)
    now = may & available(facts, costs["period"].to_numpy())
    said = _funds_of_accounts(facts, claims, costs)
    right = (said == may).all(axis=1) | (said == now).all(axis=1)
    wrong = costs[~right].assign(table="accounts")
    keys = ["table", "account", *(name for name in COST_LINE if name != "period")]
    return violations(
        claims.names,
        "tables",
        wrong,
        keys,
        "currency",
        "account '{account}' does not name the funds that may pay for {kind_of_cost} ({organisation}{unit} "
        "{activity}{commodity} {site}) in period {period}",
    )


def _funds_of_accounts(facts: Facts, claims: Claims, costs: pd.DataFrame) -> np.ndarray:
    """Tell for each cost line (row) and fund (column) whether its account names the fund."""
    accounts = claims.tables["accounts"][["account", "period", "funds"]]
    accounts = accounts.drop_duplicates(["account", "period"]).reset_index(drop=True)
    each = accounts["funds"].str.split(";").explode().str.strip()
    each = each[each != ""]
    code = facts.names.code("fund", each)
    named = np.zeros((len(accounts) + 1, len(facts.funds)), dtype=bool)
    known = code >= 0
    named[each.index.to_numpy()[known], code[known]] = True
    row = look_up(costs, accounts.assign(row=np.arange(len(accounts))), ["account", "period"], "row")
    return named[np.where(np.isnan(row), len(accounts), row).astype(np.int64)]


def _funds(facts: Facts, claims: Claims, *, as_made: bool) -> list[Violation]:
    stated = claims.tables["funds"]
    paid = total(claims.tables["payments"], ["fund"], "amount").rename(columns={"amount": "paid"})
    funds = pd.DataFrame({"fund": np.arange(len(facts.funds)), "amount": facts.funds["amount"].astype(float)})
    if not as_made:
        funds["amount"] = look_up(funds, stated, ["fund"], "amount")
    funds = funds.assign(paid=np.nan_to_num(look_up(funds, paid, ["fund"], "paid")))
    funds = funds.assign(left=funds["amount"] - funds["paid"])
    both = side_by_side(funds, stated, ["fund"], ["amount", "paid", "left"])
    renamed = both.rename(columns={"amount": "holds", "amount_stated": "holds_stated"})
    return differences(
        claims, "funds", renamed, ["fund"], dict.fromkeys(("holds", "paid", "left"), "currency")
    )


def _donors(facts: Facts, claims: Claims) -> list[Violation]:
    stated = claims.tables["funds"]
    true = facts.funds["donor"].to_numpy()[stated["fund"].to_numpy()]
    wrong = stated[(stated["donor"].to_numpy() != true)].assign(amount=1.0, table="funds")
    return violations(
        claims.names,
        "tables",
        wrong,
        ["table", "fund"],
        "rows",
        "table 'funds': the donor of {fund} is not {donor}",
    )
