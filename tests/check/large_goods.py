"""A mission of goods of any size and a full plan of it, both made column by column.

Each of ``depots`` depots sends every commodity to every site of its own share, in every period, to one person
for each unit; everything is bought where it is sent from, and trucks carry it for an hour.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.instance import Mission
from pklogistics.plan import TABLES, Plan, TierResult

from .large import names

WEIGHT, PRICE, RATE, PER_HOUR, PAYLOAD = 0.05, 2.0, 10.0, 3.0, 5.0
LINE = ["kind_of_cost", "organisation", "unit", "activity", "sector", "site", "region", "commodity", "period"]


def large_goods_mission(sites: int, depots: int, commodities: int, periods: int) -> Mission:
    site, depot, commodity = (
        names(k, np.arange(n)) for k, n in zip("sdc", (sites, depots, commodities), strict=True)
    )
    routes = pd.DataFrame({"origin": depot[np.arange(sites) % depots], "destination": site})
    offers = pd.MultiIndex.from_product([depot, commodity], names=["depot", "commodity"]).to_frame(
        index=False
    )
    return Mission.from_tables(
        {"format": 1, "name": "goods", "periods": periods},
        {
            "sites": pd.DataFrame({"site": site, "storage_t": 1.0}),
            "activities": [{"activity": "food", "sector": "Food"}],
            "needs": pd.DataFrame({"site": site, "activity": "food", "people": 100.0}),
            "organisations": [{"organisation": "agency"}],
            "capabilities": [{"organisation": "agency", "activity": "food"}],
            "commodities": pd.DataFrame({"commodity": commodity, "weight_t": WEIGHT, "shelf_life": 2}),
            "recipes": pd.DataFrame({"activity": "food", "commodity": commodity, "per_person": 1.0}),
            "depots": pd.DataFrame({"depot": depot, "capacity_t": 1e7, "throughput_t": 1e7}),
            "supplies": offers.assign(price=PRICE),
            "routes": routes.assign(cost_per_t=RATE, hours=1.0, capacity_t=1e6),
            "fleets": pd.DataFrame(
                {
                    **{"depot": depot, "vehicle": "truck", "count": 10**6, "payload_t": PAYLOAD},
                    **{"hours_per_period": 100.0, "cost_per_hour": PER_HOUR},
                }
            ),
        },
    )


def large_goods_plan(sites: int, depots: int, commodities: int, periods: int) -> Plan:
    """Everybody is served; every unit is bought, sent and given out in the same period."""
    cells = np.indices((sites, commodities, periods)).reshape(3, -1)
    each = pd.DataFrame(
        {
            "site": names("s", cells[0]),
            "depot": names("d", cells[0] % depots),
            "commodity": names("c", cells[1]),
            "period": cells[2] + 1,
        }
    )
    # What is good for one period after it arrived; beyond the mission that is never.
    expires = np.where(each["period"] + 1 > periods, np.nan, each["period"] + 1)
    each = each.assign(cargo="any", expires=expires, quantity=100.0, tonnes=100.0 * WEIGHT, activity="food")
    each = each.assign(origin=each["depot"], destination=each["site"], mode="road", arrives=each["period"])
    bought = each.groupby(["depot", "commodity", "period"], as_index=False)["quantity"].sum()
    bought = bought.assign(
        supplier="", arrives=bought["period"], cargo="any", cost=bought["quantity"] * PRICE
    )
    served = each.drop_duplicates(["site", "period"])
    driven = served.assign(vehicle="truck", tonnes=100.0 * WEIGHT * commodities, volume_m3=0.0)
    driven = driven.assign(hours=2 * driven["tonnes"] / PAYLOAD)
    costs = _costs(each, bought, driven)
    people = {"people": 100.0, "organisation": "agency", "modality": "service", "scope": "anywhere"}
    served = served.assign(sector="Food", post="", **people)
    made = {
        **{"shipments": each, "distributions": each, "purchases": bought, "vehicles": driven},
        **{"service": served, "presence": served, "costs": costs},
        "bases": served.assign(set_up=served["period"] == 1),
        "mobilisation": pd.DataFrame({"organisation": ["agency"], "period": [1]}),
        "coverage": served.assign(covered_by_others=0.0, served=100.0, unmet=0.0, share=1.0),
    }
    values = {"mandate": 0.0, "need": 0.0, "cost": costs["amount"].sum()}
    return Plan(
        **{"mission": "goods", "status": "optimal", "stopped": "gap"},
        tables={name: frame[TABLES[name].column_names] for name, frame in made.items()},
        tiers=tuple(TierResult(name, value, value, 0.0) for name, value in values.items()),
    )


def _costs(each: pd.DataFrame, bought: pd.DataFrame, driven: pd.DataFrame) -> pd.DataFrame:
    lines = pd.concat(
        [
            bought.assign(kind_of_cost="procurement", amount=bought["cost"])
            .groupby(["kind_of_cost", "commodity", "period"], as_index=False)["amount"]
            .sum(),
            each.assign(kind_of_cost="transport", amount=each["tonnes"] * RATE),
            driven.assign(kind_of_cost="transport", amount=driven["hours"] * PER_HOUR, commodity=""),
        ]
    )
    lines = lines.assign(activity="").reindex(columns=[*LINE, "amount"])
    texts = [name for name in LINE if name != "period"]
    lines[texts] = lines[texts].astype(object).fillna("")
    return lines.assign(account="")
