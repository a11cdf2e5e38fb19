"""Supplies, what people get (S2, S6).

S2  per site, activity, cargo class and period, with served = sum of the people whom organisations of that
    class serve in kind or by a service: given = per_person * served of each commodity of the recipe.
    Activities with requirements: given >= per_person * served and <= max_per_person * served of what is in
    the recipe; of what holds a required nutrient as much as one likes besides; and of each nutrient required
    per_person * served <= sum content * given <= max_per_person * served. Blank is no limit. Nobody takes
    anything else, and no people take nothing.
S6  people served in cash or by vouchers at a site in a period <= its market_capacity.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.findings import violations
from pklogistics.check.matching import distinct, look_up, occurs, total
from pklogistics.check.names import BLANK, at
from pklogistics.check.report import Violation
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_wording import told
from pklogistics.check.tolerance import slack

GROUP = ["site", "activity", "cargo", "period"]


def check(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return the violations of S2."""
    people = _served(claims, goods)
    return [
        *_commodities(facts, claims, goods, people),
        *_nutrients(facts, claims, goods, people),
    ]


def _served(claims: Claims, goods: Goods) -> pd.DataFrame:
    """Return the people served with goods by site, activity, class and period, for any activity."""
    service = claims.service[claims.service["organisation"] != BLANK]
    service = service[at(goods.supply.with_goods, service["modality"].to_numpy(), False)]
    served = service.assign(cargo=goods.supply.cargo_of[service["organisation"].to_numpy()])
    return total(served, GROUP, "people")


def _commodities(facts: Facts, claims: Claims, goods: Goods, people: pd.DataFrame) -> list[Violation]:
    recipes = facts.table("recipes")[["activity", "commodity", "per_person", "max_per_person"]]
    on = [*GROUP, "commodity"]
    given = total(goods.given, on, "quantity")
    asked = distinct(pd.concat([people.merge(recipes, on="activity")[on], given[on]]), on)
    both = asked.assign(
        people=np.nan_to_num(look_up(asked, people, GROUP, "people")),
        given=np.nan_to_num(look_up(asked, given, on, "quantity")),
        each=look_up(asked, recipes, ["activity", "commodity"], "per_person"),
        most=look_up(asked, recipes, ["activity", "commodity"], "max_per_person"),
    )
    chosen = occurs(both, facts.table("requirements"), ["activity"])
    holds = occurs(both, _holders(facts), ["activity", "commodity"])
    each = both["each"].fillna(0.0)
    most = np.where(both["each"].isna() & ~holds, 0.0, both["most"].fillna(np.inf))
    limit = np.where(chosen, most, each)
    both = both.assign(
        least=each * both["people"], limit=np.where(both["people"] > 0, limit * both["people"], 0.0)
    )
    short = both.assign(amount=both["least"] - both["given"])
    over = both.assign(amount=both["given"] - both["limit"])
    size = slack(both["least"], both["given"])
    found = []
    for rows, take in (
        (short[short["amount"] > size], "take {least}"),
        (over[over["amount"] > size], "take no more than {limit}"),
    ):
        message = (
            "{people} people served with {activity} at {site} in period {period} "
            + take
            + " {counted} of {lot}; {given} are given to them"
        )
        found += told(goods, claims, "S2", rows, ["site", "activity"], message)
    return found


def _holders(facts: Facts) -> pd.DataFrame:
    """Return the activities and the commodities that hold a nutrient that they require."""
    contents = facts.table("nutrients")
    contents = contents[contents["content"] > 0]
    return facts.table("requirements")[["activity", "nutrient"]].merge(contents, on="nutrient")


def _nutrients(facts: Facts, claims: Claims, goods: Goods, people: pd.DataFrame) -> list[Violation]:
    required = facts.table("requirements")
    required = required.assign(most=required["max_per_person"].fillna(np.inf))
    contents = facts.table("nutrients")[["commodity", "nutrient", "content"]]
    on = [*GROUP, "nutrient"]
    # Commodities are added up before they are multiplied by what they hold, which may be many nutrients.
    held = total(goods.given, [*GROUP, "commodity"], "quantity").merge(contents, on="commodity")
    held = total(held.assign(content=held["quantity"] * held["content"]), on, "content")
    both = people.merge(required[["activity", "nutrient", "per_person", "most"]], on="activity")
    both = both.assign(
        content=np.nan_to_num(look_up(both, held, on, "content")),
        least=both["per_person"] * both["people"],
        limit=np.where(both["people"] > 0, both["most"] * both["people"], np.inf),
    )
    short = both.assign(amount=both["least"] - both["content"])
    over = both.assign(amount=both["content"] - both["limit"])
    size = slack(both["least"], both["content"])
    found = []
    for rows, need in (
        (short[short["amount"] > size], "{least}"),
        (over[over["amount"] > size], "no more than {limit}"),
    ):
        message = (
            "{people} people served with {activity} at {site} in period {period} need "
            + need
            + " of {nutrient}; their basket holds {content}"
        )
        keys = ["site", "activity", "cargo", "nutrient"]
        found += violations(claims.names, "S2", rows, keys, "{nutrient}", message)
    return found


def markets(facts: Facts, claims: Claims, goods: Goods) -> list[Violation]:
    """Return the violations of S6, which hold where no goods are needed at all."""
    service = claims.service[claims.service["organisation"] != BLANK]
    modality = service["modality"].to_numpy()
    money = service[(modality != BLANK) & ~at(goods.supply.with_goods, modality, True)]
    served = total(money, ["site", "period"], "people")
    bears = facts.sites["market_capacity"].to_numpy(dtype=float)[served["site"].to_numpy()]
    served = served.assign(bears=bears, amount=served["people"] - bears)
    return violations(
        claims.names,
        "S6",
        served[served["amount"] > slack(served["people"])],
        ["site"],
        "people",
        "{people} people are served in cash or by vouchers at {site} in period {period}; its markets bear "
        "{bears}",
    )
