"""What supplies cost, line by line, recomputed from the movements of goods (mission currency).

procurement  price * quantity bought, in the period of ordering; of a commodity, at the depot
transport    cost_per_t * tonnes of a commodity, and cost_per_hour * hours of vehicles, for no commodity, in
             the period of sending; by the organisation of the origin, to where the route leads
depot        opening_cost in the period of opening and cost_per_period in each period in use; at the depot
route        opening_cost in the period of opening; by the organisation of the origin, where it leads

The site of a depot is the one at which it stands; a depot may be run by nobody and stand nowhere.
"""

from __future__ import annotations

import pandas as pd

from pklogistics.check.facts import Facts
from pklogistics.check.names import BLANK
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_openings import in_use


def costs_of_supplies(facts: Facts, goods: Goods) -> dict[str, pd.DataFrame]:
    """Return the costs of procurement, transport, depots and routes by kind, with the keys of their lines."""
    if not goods.any:
        return {}
    opened = goods.openings.assign(amount=goods.openings["price"])
    used = in_use(facts, goods)
    running = goods.supply.depots["cost_per_period"].to_numpy(dtype=float)[used["depot"].to_numpy()]
    depots = pd.concat([opened[opened["depot"] != BLANK], used.assign(amount=running)], ignore_index=True)
    bought = goods.purchases.assign(amount=goods.purchases["price"] * goods.purchases["quantity"])
    return {
        "procurement": _of_depot(goods, bought),
        "transport": _transport(goods),
        "depot": _of_depot(goods, depots)[["organisation", "site", "period", "amount"]],
        "route": _of_route(goods, opened[opened["route"] != BLANK], ["period", "amount"]),
    }


def _of_depot(goods: Goods, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the organisation that runs their depot, and the site where it stands."""
    depots = goods.supply.depots.iloc[rows["depot"].to_numpy()]
    return rows.assign(organisation=depots["organisation"].to_numpy(), site=depots["site"].to_numpy())


def _of_route(goods: Goods, rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return columns of the rows, with the organisation that sends and the site where the route leads."""
    routes = goods.supply.routes.iloc[rows["route"].to_numpy()]
    return rows[columns].assign(
        organisation=routes["organisation"].to_numpy(), site=routes["site"].to_numpy()
    )


def _transport(goods: Goods) -> pd.DataFrame:
    sent = goods.shipments[goods.shipments["route"] != BLANK]
    rate = goods.supply.routes["cost_per_t"].to_numpy(dtype=float)[sent["route"].to_numpy()]
    hired = _of_route(goods, sent.assign(amount=rate * sent["weight"]), ["commodity", "period", "amount"])
    driven = goods.vehicles[(goods.vehicles["route"] != BLANK) & (goods.vehicles["fleet"] != BLANK)]
    hourly = goods.supply.fleets["cost_per_hour"].to_numpy(dtype=float)[driven["fleet"].to_numpy()]
    own = _of_route(goods, driven.assign(amount=hourly * driven["needed"]), ["period", "amount"])
    return pd.concat([hired, own.assign(commodity=BLANK)], ignore_index=True)
