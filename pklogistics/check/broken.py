"""Broken mandates: what the elastic rules miss must be recorded in the plan, no less and no more.

The amounts of N3, C6, C9, T3 (min), Q1 and S1 (stock targets) are recomputed by the families and compared
with the plan's table ``broken`` by the keys that each rule is about; other keys only have to be blank or
true.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pklogistics.check import consent, equity, force, local, needs, supplies_targets
from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.forms import BREAK
from pklogistics.check.matching import side_by_side
from pklogistics.check.names import BLANK, ELASTIC_RULES, MEASURES, at
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.tolerance import NOTHING, slack

ABOUT: Mapping[str, tuple[str, ...]] = {
    "N3": ("site", "activity"),
    "C6": ("organisation", "site", "activity"),
    "C9": ("activity", "sector"),
    "T3": ("unit", "site", "region"),
    "Q1": ("sector",),
    "S1": ("depot", "commodity"),
}
"""The keys by which a break of each rule is known, besides the period."""

MEASURE = {rule: "persons" if rule == "T3" else "people" for rule in ABOUT}
LABELS = BREAK


def recomputed(facts: Facts, claims: Claims, goods: Goods) -> pd.DataFrame:
    """Return every break of an elastic rule: rule (text), keys, period, amount, size of its numbers."""
    parts = [
        needs.breaks(claims),
        consent.breaks(facts, claims),
        local.breaks(facts, claims),
        force.breaks(facts, claims),
        equity.breaks(facts, claims),
        supplies_targets.breaks(facts, goods),
    ]
    found = pd.concat(parts, ignore_index=True).reindex(columns=["rule", *LABELS, "period", "amount", "size"])
    found = found[found["amount"] > NOTHING * np.maximum(1.0, found["size"])]
    codes = dict.fromkeys(LABELS, BLANK)
    return found.fillna(codes).astype({**dict.fromkeys(LABELS, np.int64), "period": np.int64})


def check(facts: Facts, claims: Claims, breaks: pd.DataFrame) -> list[Violation]:
    """Return the differences between the breaks recomputed and those that the plan records."""
    stated = claims.tables["broken"]
    if breaks.empty and stated.empty:
        return []
    found = [*_places(facts, claims, stated), *_measures(claims, stated)]
    for code, rule in enumerate(ELASTIC_RULES):
        found += _amounts(claims, rule, breaks[breaks["rule"] == rule], stated[stated["rule"] == code])
    return found


def _bare(rows: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return the rows without keys that follow from others (sector of an activity, region of a site)."""
    if rule == "C9":
        return rows.assign(sector=np.where(rows["activity"] != BLANK, BLANK, rows["sector"]))
    if rule == "T3":
        return rows.assign(region=np.where(rows["site"] != BLANK, BLANK, rows["region"]))
    return rows


def _amounts(claims: Claims, rule: str, breaks: pd.DataFrame, stated: pd.DataFrame) -> list[Violation]:
    on = [*ABOUT[rule], "period"]
    if breaks.empty and stated.empty:
        return []
    both = side_by_side(_bare(breaks, rule), _bare(stated.assign(size=0.0), rule), on, ["amount", "size"])
    both = both.rename(columns={"amount": "missed", "amount_stated": "recorded"})
    astray = np.abs(both["missed"] - both["recorded"])
    wrong = both.assign(amount=astray)[astray > slack(both["size"], both["recorded"])]
    when = "" if rule == "Q1" else " in period {period}"
    place = " ".join(f"{{{name}}}" for name in ABOUT[rule])
    return violations(
        claims.names,
        rule,
        wrong,
        ABOUT[rule],
        MEASURE[rule],
        f"{place}: {rule} is broken by {{missed}} {MEASURE[rule]}{when}; the plan records {{recorded}}",
    )


def _places(facts: Facts, claims: Claims, stated: pd.DataFrame) -> list[Violation]:
    """Return the recorded breaks whose sector, region or site is not that of activity, site or depot."""
    true = facts.placed(stated)
    astray = np.zeros(len(stated), dtype=bool)
    true = true.assign(site=at(facts.site_of_depot, stated["depot"].to_numpy(), BLANK))
    for name, given in (("sector", "activity"), ("region", "site"), ("site", "depot")):
        filled = (stated[name] != BLANK) & (stated[given] != BLANK)
        astray |= (filled & (stated[name] != true[name])).to_numpy()
    wrong = stated[astray].assign(amount=1.0, table="broken")
    return violations(
        claims.names,
        "tables",
        wrong,
        ["table", *LABELS],
        "rows",
        "the break of {rule} recorded at {depot} {site} {activity} is not in sector '{sector}', region "
        "'{region}' or there",
    )


def _measures(claims: Claims, stated: pd.DataFrame) -> list[Violation]:
    right = np.array([MEASURES.index(MEASURE[rule]) for rule in ELASTIC_RULES])[stated["rule"].to_numpy()]
    wrong = stated[stated["measure"].to_numpy() != right].assign(amount=1.0, table="broken")
    return violations(
        claims.names,
        "tables",
        wrong,
        ["table", *LABELS],
        "rows",
        "a break of {rule} is recorded in {measure}, which is not its measure",
    )
