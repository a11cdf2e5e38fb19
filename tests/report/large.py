"""A plan of any size without solving: full tables and plausible numbers, for the size of its page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics import Mission
from pklogistics.instance.generate import generate
from pklogistics.plan import TABLES, Plan, TierResult


def large(sites: int, periods: int) -> tuple[Mission, Plan]:
    """A generated mission, and a plan in which everybody gets something, everywhere, in every period."""
    mission = generate(sites, periods=periods, activities=8, commodities=4, depots=10)
    places = mission.tables["sites"]
    named = places.assign(name=places["name"] + " (a name as long as they are)")
    mission = mission.replace(tables={"sites": named})
    needs = mission.by_period("needs")
    sector = mission.frame("activities").set_index("activity")["sector"]
    served = needs["people"] * np.random.default_rng(1).uniform(0, 1, len(needs))
    keys = needs[["site", "activity", "period"]].assign(sector=needs["activity"].map(sector))
    coverage = keys.assign(people=needs["people"], served=served, unmet=needs["people"] - served)
    names = mission.frame("organisations")["organisation"].to_numpy()
    who = names[np.arange(len(needs)) % len(names)]
    service = keys.assign(organisation=who, modality="service", people=served)
    funds = mission.frame("funds")
    money = service.assign(
        kind_of_cost="service",
        amount=2 * served,
        fund=funds["fund"].to_numpy()[np.arange(len(needs)) % len(funds)],
    )
    everywhere = mission.frame("sites")[["site"]].merge(
        pd.DataFrame({"period": range(1, periods + 1)}), how="cross"
    )
    routes = mission.frame("routes")[["origin", "destination", "mode"]].merge(
        everywhere[["period"]].drop_duplicates(), how="cross"
    )
    tables = {
        "coverage": coverage,
        "service": service,
        "presence": service,
        "costs": money,
        "payments": money,
        "funds": funds.assign(paid=funds["amount"] / 2, left=funds["amount"] / 2),
        "stationing": everywhere.assign(unit=mission.frame("units")["unit"].iloc[0], count=2, persons=70),
        "shipments": routes.assign(commodity="rice", quantity=12.345, tonnes=12.345),
        "shortfalls": coverage.assign(severity=3, weighted=coverage["unmet"], reason="money is short"),
    }
    filled = {name: _whole(name, frame) for name, frame in tables.items()}
    tiers = (TierResult("need", 10.0, 9.0, 0.1),)
    plan = Plan(mission.header.name, "feasible", "time", filled, tiers, currency="USD", violations=())
    return mission, plan


def _whole(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with the columns of a plan's table: blank or 0 where it has none."""
    blank = {"text": "", "int": 1, "float": 0.0, "bool": False}
    columns = {column.name: frame.get(column.name, blank[column.kind]) for column in TABLES[name].columns}
    return pd.DataFrame(columns, index=frame.index)
