"""Family supplies, what the plan says: its tables joined with what the mission says of the same things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.matching import fold, look_up
from pklogistics.check.names import BLANK, LOCAL, OPENINGS, at
from pklogistics.check.supplies_facts import WAY, Supply, read_supply

OFFER = ["depot", "commodity", "supplier", "period"]


@dataclass(frozen=True)
class Goods:
    """The goods of a plan, with what the mission says of them.

    All quantities are in units of the commodity; ``weight`` is in t and ``volume`` in m3; ``place`` stands
    for a depot or a site and ``last`` for the last period of use as it counts; ``beyond`` marks those whose
    last period is stated though goods that last so long count as never expiring.

    ``shipments`` have ``route`` (BLANK: none is open then), ``local`` (handed over by a depot to the site
    where it stands), ``due`` (period of arrival as the route says, as stated where there is none).
    ``purchases`` have ``offer`` (the row of the mission's offers; BLANK: none) and ``due``. ``vehicles`` have
    ``route`` and ``fleet`` (BLANK: none), and ``needed`` (hours that their load takes). ``openings`` have
    ``route`` or ``depot`` of what is opened, and ``price``.
    """

    supply: Supply
    purchases: pd.DataFrame
    intake: pd.DataFrame
    shipments: pd.DataFrame
    inventory: pd.DataFrame
    given: pd.DataFrame
    expiries: pd.DataFrame
    vehicles: pd.DataFrame
    openings: pd.DataFrame
    escorts: pd.DataFrame

    @property
    def any(self) -> bool:
        """Tell whether there is anything about goods in the mission or in the plan."""
        frames = (self.supply.commodities, self.supply.depots, self.vehicles, self.openings, self.escorts)
        return not all(frame.empty for frame in frames)


def read_goods(facts: Facts, claims: Claims) -> Goods:
    """Join the plan's tables of supplies with the mission's."""
    supply = read_supply(facts)
    tables = claims.tables
    expiries = tables["expiries"]
    return Goods(
        supply=supply,
        purchases=_purchases(supply, tables["purchases"]),
        intake=_dated(supply, _at_depot(supply, tables["intake"])),
        shipments=_shipments(supply, facts, _dated(supply, tables["shipments"])),
        inventory=_dated(supply, tables["inventory"]),
        given=_dated(supply, tables["distributions"].assign(place=tables["distributions"]["site"])),
        expiries=_weighed(supply, expiries.assign(last=expiries["period"])),
        vehicles=_vehicles(supply, tables["vehicles"]),
        openings=_openings(supply, tables["openings"]),
        escorts=tables["escorts"],
    )


def _weighed(supply: Supply, rows: pd.DataFrame) -> pd.DataFrame:
    commodity, quantity = rows["commodity"].to_numpy(), rows["quantity"].to_numpy(dtype=float)
    return rows.assign(
        weight=quantity * supply.each("weight_t", commodity),
        volume=quantity * supply.each("volume_m3", commodity),
    )


def _dated(supply: Supply, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows weighed, with the last period of use that they state, and whether it is ``beyond``."""
    commodity, expires = rows["commodity"].to_numpy(), rows["expires"].to_numpy(dtype=float)
    beyond = expires >= supply.life.endless[commodity]
    return _weighed(supply, rows.assign(last=supply.life.last(commodity, expires), beyond=beyond))


def _at_depot(supply: Supply, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(place=supply.place(rows["depot"].to_numpy()))


def _position(rows: pd.DataFrame, table: pd.DataFrame, on: Sequence[str]) -> NDArray[np.int64]:
    """Return for each row the position in the table of the row with its keys; BLANK if there is none."""
    found = look_up(rows, table.assign(position=np.arange(len(table))), on, "position")
    return np.where(np.isnan(found), BLANK, found).astype(np.int64)


def _purchases(supply: Supply, rows: pd.DataFrame) -> pd.DataFrame:
    offer = _position(rows, supply.offers, OFFER)
    due = at(supply.offers["arrives"].to_numpy(dtype=np.int64), offer, rows["arrives"].to_numpy())
    price = at(supply.offers["price"].to_numpy(dtype=float), offer, 0.0)
    last = supply.life.of_arrivals(rows["commodity"].to_numpy(), due)
    return _weighed(supply, _at_depot(supply, rows.assign(offer=offer, due=due, price=price, last=last)))


def _shipments(supply: Supply, facts: Facts, rows: pd.DataFrame) -> pd.DataFrame:
    origin, destination = rows["origin"].to_numpy(), rows["destination"].to_numpy()
    handed = rows["mode"].to_numpy() == facts.names.known["mode"].get_loc(LOCAL)
    stands = (origin >= supply.sites) & (supply.site(origin) == destination)
    route, period = supply.route(rows), rows["period"].to_numpy()
    lead = at(supply.routes["lead_time"].to_numpy(dtype=np.int64), route, rows["arrives"].to_numpy() - period)
    return rows.assign(route=route, local=handed & stands, due=period + np.where(handed, 0, lead))


def _vehicles(supply: Supply, rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(origin=supply.place(rows["depot"].to_numpy()))
    route = supply.route(rows)
    fleet = _position(rows, supply.fleets, ["depot", "vehicle", "mode"])
    payload_t, payload_m3 = (
        at(supply.fleets[f"payload_{unit}"].to_numpy(dtype=float), fleet, np.nan) for unit in ("t", "m3")
    )
    # A vehicle is full by weight or by volume, whichever comes first; it goes there and back.
    loads = np.fmax(rows["tonnes"].to_numpy() / payload_t, rows["volume_m3"].to_numpy() / payload_m3)
    hours = at(supply.routes["hours"].to_numpy(dtype=float), route, np.nan)
    return rows.assign(route=route, fleet=fleet, needed=np.nan_to_num(2 * hours * loads))


def _openings(supply: Supply, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the openings with the depot or route that each opens, and what that costs."""
    of_depot = rows["kind"].to_numpy() == OPENINGS.index("depot")
    bare = (rows["destination"].to_numpy() == BLANK) & (rows["mode"].to_numpy() == BLANK)
    depot = np.where(of_depot & bare, supply.depot(rows["origin"].to_numpy()), BLANK)
    route = np.where(of_depot, BLANK, _route_opened(supply, rows))
    of_route = at(supply.routes["opening_cost"].to_numpy(dtype=float), route, 0.0)
    price = at(supply.depots["opening_cost"].to_numpy(dtype=float), depot, of_route)
    return rows.assign(depot=depot, route=route, price=price)


def _route_opened(supply: Supply, rows: pd.DataFrame) -> NDArray[np.int64]:
    """Return the route that is open in the period of opening, or else the next one to open on its way."""
    if supply.routes.empty:
        return np.full(len(rows), BLANK, dtype=np.int64)
    ends = supply.routes[WAY].assign(period=supply.routes["until"])
    wanted, offered = fold([rows, ends], [*WAY, "period"])
    asked, there = fold([rows, ends], WAY)
    order = np.argsort(offered, kind="stable")
    found = order[np.minimum(np.searchsorted(offered[order], wanted), len(order) - 1)]
    return np.where(there[found] == asked, found, BLANK)
