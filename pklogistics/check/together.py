"""Who may work beside whom (C7).

C7  exclusive: at most one of the listed organisations is present at a site in a period.
    partner: the first listed is present only where one of the others is (for any activity).
    incompatible_sites: each listed organisation (none: every one) is present at no more than one of the
    listed sites, or of the sites of the region.
    An activity restricts what presence counts, sites and region where the rule holds (all of them together).
    needs_local_partner: present at a site only where a local organisation is present.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import distinct, look_up, occurs, total
from pklogistics.check.names import BLANK
from pklogistics.check.report import Violation

SPOT = ["row", "site", "period"]


def check(facts: Facts, claims: Claims) -> list[Violation]:
    """Return the violations of C7."""
    if not facts.mission.has("rules"):
        return _local_partners(facts, claims)
    rules = facts.mission.frame("rules")
    rules = rules.assign(
        row=np.arange(len(rules)),
        activity=facts.names.code("activity", rules["activity"]),
        region=facts.names.code("region", rules["region"]),
    )
    return [
        *_exclusive(facts, claims, rules[rules["rule"] == "exclusive"]),
        *_partners(facts, claims, rules[rules["rule"] == "partner"]),
        *_one_site(facts, claims, rules[rules["rule"] == "incompatible_sites"]),
        *_local_partners(facts, claims),
    ]


def _listed(facts: Facts, rules: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    """Return row and code of every name listed in a column of the rules; ``place`` counts from 0."""
    one_each = rules[["row", column]].explode(column).dropna()
    codes = facts.names.code(name, one_each[column])
    return pd.DataFrame({"row": one_each["row"].to_numpy(dtype=np.int64), name: codes}).assign(
        place=one_each.groupby("row").cumcount().to_numpy()
    )


def _where(facts: Facts, rules: pd.DataFrame) -> pd.DataFrame:
    """Return row and site of every site at which a restricted rule holds."""
    listed = _listed(facts, rules, "sites", "site")[["row", "site"]]
    sites = pd.DataFrame({"site": np.arange(len(facts.sites)), "region": facts.region_of_site})
    regional = rules.loc[rules["region"] != BLANK, ["row", "region"]].merge(sites, on="region")
    return distinct(pd.concat([listed, regional[["row", "site"]]]), ["row", "site"])


def _concerned(facts: Facts, claims: Claims, rules: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Return the presences that each rule counts: row, organisation, site, period, each once."""
    where = _where(facts, rules)
    restricted = rules["row"].isin(where["row"])
    tied = members.merge(where, on="row")
    free = members[members["row"].isin(rules.loc[~restricted, "row"])]
    found = pd.concat(
        [
            claims.active.merge(tied, on=["organisation", "site"]),
            claims.active.merge(free, on="organisation"),
        ]
    )
    found = found.merge(rules[["row", "activity"]].rename(columns={"activity": "only"}), on="row")
    counted = found[(found["only"] == BLANK) | (found["only"] == found["activity"])]
    return distinct(counted, [*SPOT, "organisation", "place"])


def _exclusive(facts: Facts, claims: Claims, rules: pd.DataFrame) -> list[Violation]:
    members = _listed(facts, rules, "organisations", "organisation")
    present = _concerned(facts, claims, rules, members)
    crowd = _and_who(claims, present, SPOT, "organisation")
    wrong = crowd[crowd["amount"] > 0]
    return violations(
        claims.names,
        "C7",
        _counted(wrong),
        ["rule_row", "site"],
        "organisations",
        "{who} are both at {site} in period {period}, and rule {rule_row} keeps them apart",
    )


def _and_who(claims: Claims, present: pd.DataFrame, by: list[str], what: str) -> pd.DataFrame:
    """Return how many too many there are (``amount``) where more than one is, and their names (``who``)."""
    size = present.groupby(by)[what].transform("size")
    several = present[size > 1]
    several = several.assign(who=claims.names.label(what, several[what].to_numpy()), amount=1.0)
    grouped = several.groupby(by, as_index=False)
    return grouped.agg(who=("who", " and ".join), amount=("amount", lambda ones: ones.sum() - 1))


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with ``rule_row``: the rule's row as the file counts (the header is row 1)."""
    return rows.assign(rule_row=rows["row"] + 2)


def _partners(facts: Facts, claims: Claims, rules: pd.DataFrame) -> list[Violation]:
    members = _listed(facts, rules, "organisations", "organisation")
    first = _concerned(facts, claims, rules, members[members["place"] == 0])
    others = members[members["place"] > 0][["row", "organisation"]]
    beside = claims.there.merge(others, on="organisation")
    alone = first[~occurs(first, beside, SPOT)].assign(amount=1.0)
    return violations(
        claims.names,
        "C7",
        _counted(alone),
        ["rule_row", "organisation", "site"],
        "presences",
        "{organisation} is at {site} in period {period} without any of the partners of rule {rule_row}",
    )


def _one_site(facts: Facts, claims: Claims, rules: pd.DataFrame) -> list[Violation]:
    listed = _listed(facts, rules, "organisations", "organisation")
    anyone = rules.loc[~rules["row"].isin(listed["row"]), ["row"]]
    everyone = anyone.merge(pd.DataFrame({"organisation": np.arange(len(facts.organisations))}), how="cross")
    members = pd.concat([listed, everyone.assign(place=0)]).assign(place=0)
    present = _concerned(facts, claims, rules, distinct(members, ["row", "organisation", "place"]))
    crowd = _and_who(claims, present, ["row", "organisation", "period"], "site")
    return violations(
        claims.names,
        "C7",
        _counted(crowd),
        ["rule_row", "organisation"],
        "sites",
        "{organisation} is at {who} in period {period}; rule {rule_row} allows it one of them",
    )


def _local_partners(facts: Facts, claims: Claims) -> list[Violation]:
    local = facts.organisations["local"].to_numpy(dtype=bool)
    needy = facts.organisations["needs_local_partner"].to_numpy(dtype=bool)
    spot = ["site", "period"]
    beside = total(claims.there.assign(local=local[claims.there["organisation"]] * 1.0), spot, "local")
    guests = claims.there[needy[claims.there["organisation"].to_numpy()]]
    alone = guests[look_up(guests, beside, spot, "local") == 0].assign(amount=1.0)
    return violations(
        claims.names,
        "C7",
        alone,
        ["organisation", "site"],
        "presences",
        "{organisation} is at {site} in period {period} without a local organisation beside it",
    )
