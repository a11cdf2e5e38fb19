"""Needs: who is served, and how much.

For a site s, activity a and period t, with people p, covered by others c <= p, net = p - c,
served = sum over options and posts:

N1  served + unmet = net, so nobody is served twice.
N2  all_or_nothing activities: served is 0 or net.
N3  served + c >= min_coverage * p - broken (people), elastic.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import NEED, Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import look_up
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import slack

KEYS = ["site", "activity"]


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of N1 and N2."""
    return [*_counted_once(claims), *_whole_or_not(facts, claims)]


def _counted_once(claims: Claims) -> list[Violation]:
    stated = np.nan_to_num(look_up(claims.met, _once(claims.tables["coverage"]), NEED, "unmet"))
    met = claims.met.assign(stated=stated)
    over = met["served"] - met["net"]
    size = slack(met["served"], met["net"])
    too_many = met.assign(amount=over)[over > size]
    astray = np.abs(met["served"] + stated - met["net"])
    unequal = met.assign(amount=astray)[(over <= size) & (astray > size)]
    return [
        *violations(
            claims.names,
            "N1",
            too_many,
            KEYS,
            "people",
            "{site}, {activity}: {served} people are served in period {period} where only {net} need it",
        ),
        *violations(
            claims.names,
            "N1",
            unequal,
            KEYS,
            "people",
            "{site}, {activity}: {served} served and {stated} unmet in period {period} do not make the {net} "
            "in need",
        ),
    ]


def _once(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table without the rows that repeat a key (they are reported elsewhere)."""
    return table.drop_duplicates(NEED)


def _whole_or_not(facts: Facts, claims: Claims) -> list[Violation]:
    whole = facts.activities["all_or_nothing"].to_numpy(dtype=bool)
    met = claims.met[whole[claims.met["activity"].to_numpy()]]
    part = np.minimum(met["served"], met["net"] - met["served"])
    wrong = met.assign(amount=part)[part > slack(met["net"])]
    return violations(
        claims.names,
        "N2",
        wrong,
        KEYS,
        "people",
        "{site}, {activity}: {served} of {net} people are served in period {period}; it must be all or none",
    )


def breaks(claims: Claims) -> pd.DataFrame:
    """Return the floors (N3) that the service misses: site, activity, period, amount and size (people)."""
    met = claims.met
    missing = met["floor"] - met["served"] - met["covered"]
    frame = met[NEED].assign(rule="N3", amount=np.maximum(0.0, missing), size=met["people"])
    return frame[frame["amount"] > 0]
