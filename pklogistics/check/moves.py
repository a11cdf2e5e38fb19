"""Movement of units (T1).

T1  arriving = max(0, stationed - stationed the period before), leaving = max(0, the opposite), where
    units stand before period 1 as the deployments say; sum persons * arriving <= movement.persons of the
    period. Withdrawal is free. Escort duty counts as a place like any other (S5), and is nowhere (its site is
    BLANK); nobody is on it before period 1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import look_up, side_by_side, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import slack

POST = ["unit", "site"]


def moves(facts: Facts, claims: Claims) -> pd.DataFrame:
    """Return the moves that stationing and escort duty imply.

    Columns unit, site, period, arriving, leaving and persons (of those arriving).
    """
    today = facts.table("deployments")[[*POST, "count"]].assign(period=0)
    known = pd.concat([today, claims.duties])
    posts = known[POST].drop_duplicates(ignore_index=True)
    row = look_up(known, posts.assign(row=np.arange(len(posts))), POST, "row").astype(np.int64)
    stationed = np.zeros((len(posts), facts.periods + 1))
    np.add.at(
        stationed, (row, known["period"].to_numpy(dtype=np.int64)), known["count"].to_numpy(dtype=float)
    )
    change = np.diff(stationed, axis=1)
    post, before = np.nonzero(change)
    found = posts.iloc[post].reset_index(drop=True)
    arriving = np.maximum(0.0, change[post, before])
    persons = facts.units["persons"].to_numpy(dtype=float)[found["unit"].to_numpy()]
    return found.assign(
        period=before + 1,
        arriving=arriving,
        leaving=np.maximum(0.0, -change[post, before]),
        persons=persons * arriving,
    )


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of T1."""
    if not facts.mission.has("units"):
        return []
    expected = moves(facts, claims)
    return [*_stated(claims, expected), *_limit(facts, claims, expected)]


def _stated(claims: Claims, expected: pd.DataFrame) -> list[Violation]:
    both = side_by_side(
        expected, claims.tables["moves"], [*POST, "period"], ["arriving", "leaving", "persons"]
    )
    site = both["site"].to_numpy()
    at_site = "at " + claims.names.label("site", site)
    both = both.assign(where=np.where(site == BLANK, "on escort duty", at_site))
    found = []
    for column, unit in (("arriving", "units"), ("leaving", "units"), ("persons", "persons")):
        astray = np.abs(both[column] - both[f"{column}_stated"])
        wrong = both.assign(amount=astray)[astray > slack(both[column], both[f"{column}_stated"])]
        found += violations(
            claims.names,
            "T1",
            wrong,
            POST,
            unit,
            f"{{unit}} {{where}}, period {{period}}: the plan says {column} {{{column}_stated}}, "
            f"the stationing implies {{{column}}}",
        )
    return found


def _limit(facts: Facts, claims: Claims, expected: pd.DataFrame) -> list[Violation]:
    moved = total(expected, ["period"], "persons").rename(columns={"persons": "moved"})
    limits = facts.mission.by_period("movement")[["period", "persons"]]
    moved = moved.merge(limits, on="period")
    over = moved["moved"] - moved["persons"]
    wrong = moved.assign(amount=over)[over > slack(moved["moved"])]
    return violations(
        claims.names,
        "T1",
        wrong,
        [],
        "persons",
        "{moved} persons are moved in period {period}; {persons} can be",
    )
