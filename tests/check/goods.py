"""The tables of goods of a plan, followed unit by unit in dictionaries; see `builder`."""

from __future__ import annotations

from collections import defaultdict
from math import asin, cos, radians, sin, sqrt

from .money import rows

EMPTY = {"purchases": [], "shipments": [], "distributions": [], "intake": None, "openings": {}}


class Goods:
    """What becomes of an author's decisions about goods.

    Decisions: ``purchases``, ``shipments`` and ``distributions``, rows that may leave out what is usual;
    ``intake``, rows, if not everything is taken in for class any; ``openings``, the periods by kind, origin,
    destination and mode, if it is not the first use alone. ``expires`` is the period in which goods do,
    None for never.
    """

    def read_goods(self, goods, escorts):
        decided = {**EMPTY, **(goods or {})}
        table = {
            name: rows(self.mission.frame(name)) for name in ("commodities", "depots", "routes", "fleets")
        }
        self.commodities = {r["commodity"]: r for r in table["commodities"]}
        self.depots = {r["depot"]: r for r in table["depots"]}
        self.routes, self.fleets = table["routes"], table["fleets"]
        self.offers = rows(self.mission.by_period("supplies"))
        usual = {"period": 1, "cargo": "any"}
        self.bought = [{**usual, "supplier": "", **row} for row in decided["purchases"]]
        self.sent = [{**usual, "mode": "road", "expires": None, **row} for row in decided["shipments"]]
        self.given = [{**usual, "expires": None, **row} for row in decided["distributions"]]
        self.taken = self.everything() if decided["intake"] is None else decided["intake"]
        self.opened = decided["openings"]
        self.on_escort = dict(escorts or {})

    def organisation_of(self, depot):
        return (self.depots[depot]["organisation"] or "") if depot in self.depots else ""

    def site_of(self, place):
        return (self.depots[place]["site"] or "") if place in self.depots else place

    def route_of(self, row):
        """The route that is open, or None."""
        for route in self.routes:
            same = all(route[k] == row[k] for k in ("origin", "destination", "mode"))
            if same and route["from"] <= row["period"] <= route["until"]:
                return route
        return None

    def until(self, commodity, arrives):
        """The last period of use of what arrives then, None if the mission ends before."""
        life = self.commodities[commodity]["shelf_life"]
        return None if life is None else self.seen(commodity, arrives + life - 1)

    def seen(self, commodity, expires):
        asked = [
            row["min_life"]
            for row in rows(self.mission.frame("stock_targets"))
            if row["commodity"] == commodity
        ]
        return expires if expires < self.mission.T + max([1, *asked]) else None

    def everything(self):
        """Take in all stock and all pledges for class any."""
        found = []
        for row in rows(self.mission.frame("stock")):
            k, date = row["commodity"], row["expires"]
            expires = self.until(k, 1) if date is None else self.seen(k, date)
            found.append({**row, "source": "stock", "supplier": "", "period": 1, "expires": expires})
        for row in self.offers:
            arrives = row["period"] + row["lead_time"]
            if row["pledged"] and arrives <= self.mission.T:
                expires = self.until(row["commodity"], arrives)
                more = {"source": "pledge", "quantity": row["pledged"], "expires": expires}
                found.append({**row, **more, "supplier": row["supplier"] or "", "period": arrives})
        return [{**row, "cargo": "any", "declined": 0.0} for row in found]

    def offer_of(self, row):
        for offer in self.offers:
            if all((offer[k] or "") == row[k] for k in ("depot", "commodity", "supplier", "period")):
                return offer
        return {"price": 0.0, "lead_time": 0}

    # Tables, in the order of the plan.

    def purchases(self):
        found = []
        for row in self.bought:
            offer = self.offer_of(row)
            price = self.commodities[row["commodity"]]["price"] if offer["price"] is None else offer["price"]
            arrives = row["period"] + offer["lead_time"]
            found.append({**row, "arrives": arrives, "cost": price * row["quantity"]})
        return found

    def intake(self):
        return self.taken

    def shipments(self):
        found = []
        for row in self.sent:
            lead = (self.route_of(row) or {"lead_time": 0})["lead_time"]
            found.append(self.weighed({**row, "arrives": row["period"] + lead}))
        return found

    def distributions(self):
        return self.given

    def weighed(self, row):
        return {**row, "tonnes": row["quantity"] * self.commodities[row["commodity"]]["weight_t"]}

    def followed(self):
        """What is on hand at the end of each period, and what has expired with it."""
        change = defaultdict(float)

        def add(place, row, period, quantity, expires):
            change[place, row["commodity"], row["cargo"], expires, period] += quantity

        for row in self.purchases():
            add(
                row["depot"],
                row,
                row["arrives"],
                row["quantity"],
                self.until(row["commodity"], row["arrives"]),
            )
        for row in self.taken:
            add(row["depot"], row, row["period"], row["quantity"], row["expires"])
        for row in self.shipments():
            add(row["origin"], row, row["period"], -row["quantity"], row["expires"])
            add(row["destination"], row, row["arrives"], row["quantity"], row["expires"])
        for row in self.given:
            add(row["site"], row, row["period"], -row["quantity"], row["expires"])
        kept, expired = [], []
        for lot in sorted({key[:4] for key in change}, key=str):
            place, commodity, cargo, expires = lot
            hand = 0.0
            for t in self.periods:
                hand += change.get((*lot, t), 0.0)
                row = {"place": place, "commodity": commodity, "cargo": cargo, "expires": expires}
                row = self.weighed({**row, "period": t, "quantity": hand})
                if hand > 1e-9 and (expires is None or t <= expires):
                    (expired if t == expires else kept).append(row)
                hand = 0.0 if t == expires else hand
        return kept, expired

    def inventory(self):
        return self.followed()[0]

    def expiries(self):
        return self.followed()[1]

    def hours(self, route):
        """Hours one way."""
        if route["hours"] is not None:
            return route["hours"]
        times = rows(self.mission.frame("travel_times"))
        ways = [(route["origin"], route["destination"]), (route["destination"], route["origin"])]
        told = [r for way in ways for r in times if (r["origin"], r["destination"]) == way]
        minutes = [r["minutes"] for r in told if r["minutes"] is not None]
        if minutes:
            return minutes[0] / 60
        measured = [r["distance_km"] for r in told if r["distance_km"] is not None]
        km = route["distance_km"] if route["distance_km"] is not None else (measured or [None])[0]
        km = self.circle_km(*ways[0]) if km is None else km
        return km / self.mission.header.policy.convoy_speed_kmh

    def circle_km(self, *ends):
        points = []
        for end in ends:
            at = self.depots.get(end) or self.sites[end]
            at = self.sites[at["site"]] if at["latitude"] is None else at
            points.append((radians(at["latitude"]), radians(at["longitude"])))
        (a, b), (c, d) = points
        return 2 * 6371.0 * asin(sqrt(sin((a - c) / 2) ** 2 + cos(a) * cos(c) * sin((b - d) / 2) ** 2))

    def vehicles(self):
        """The first fleet of the mode carries everything."""
        loads = defaultdict(lambda: [0.0, 0.0, None])
        for row in self.shipments():
            own = [f for f in self.fleets if (f["depot"], f["mode"]) == (row["origin"], row["mode"])]
            route = self.route_of(row)
            if own and route:
                load = loads[row["origin"], own[0]["vehicle"], row["mode"], row["period"], row["destination"]]
                load[0] += row["tonnes"]
                load[1] += row["quantity"] * self.commodities[row["commodity"]]["volume_m3"]
                load[2] = (own[0], route)
        found = []
        for (depot, vehicle, mode, period, destination), (tonnes, m3, (fleet, route)) in loads.items():
            full = max(tonnes / fleet["payload_t"], m3 / (fleet["payload_m3"] or float("inf")))
            use = {"depot": depot, "vehicle": vehicle, "mode": mode, "period": period}
            carried = {"destination": destination, "tonnes": tonnes, "volume_m3": m3}
            found.append({**use, **carried, "hours": 2 * self.hours(route) * full, "fleet": fleet})
        return found

    def escorts(self):
        """Units escort in the order in which they stand, each as much as it can, the last what is left."""
        guarded = defaultdict(float)
        for row in self.shipments():
            if (self.route_of(row) or {"escort": False})["escort"]:
                guarded[row["period"]] += row["tonnes"]
        found = []
        for (unit, period), count in self.on_escort.items():
            tonnes = min(guarded[period], count * (self.units[unit]["escort_t"] or 0))
            guarded[period] -= tonnes
            persons = count * self.units[unit]["persons"]
            found.append(
                {"unit": unit, "period": period, "count": count, "persons": persons, "tonnes": tonnes}
            )
        return found

    def used(self):
        """Depots by period in which they are in use."""
        found = {(r["depot"], r["arrives"]) for r in self.purchases() if r["quantity"]}
        found |= {(r["depot"], r["period"]) for r in self.taken if r["quantity"]}
        found |= {(r["place"], r["period"]) for r in self.inventory() if r["quantity"]}
        for r in self.shipments():
            found |= {(r["origin"], r["period"]), (r["destination"], r["arrives"])}
        return {(d, t) for d, t in found if d in self.depots and t <= self.mission.T}

    def openings(self):
        first = {}
        for depot, t in sorted(self.used(), key=str):
            if self.depots[depot]["opening_cost"]:
                key = ("depot", depot, "", "")
                earliest = min(t, first[key][0]) if key in first else t
                first[key] = earliest, self.depots[depot]["opening_cost"]
        for row in sorted(self.shipments(), key=lambda row: row["period"]):
            route = self.route_of(row)
            if route and route["opening_cost"]:
                key = ("route", row["origin"], row["destination"], row["mode"])
                first.setdefault(key, (row["period"], route["opening_cost"]))
        names = ("kind", "origin", "destination", "mode")
        return [
            {**dict(zip(names, key, strict=True)), "period": period, "cost": cost}
            for key, (t, cost) in first.items()
            for period in self.opened.get(key, [t])
        ]

    def cost_of_goods(self, add):
        """Add every cost line of goods."""

        def at(place):
            return {"site": self.site_of(place)} if self.site_of(place) else {}

        for row in self.purchases():
            keys = {"commodity": row["commodity"], "organisation": self.organisation_of(row["depot"])}
            add(row["cost"], "procurement", **keys, **at(row["depot"]), period=row["period"])
        for row in self.shipments():
            route = self.route_of(row)
            keys = {"organisation": self.organisation_of(row["origin"]), "period": row["period"]}
            if route:
                cost = route["cost_per_t"] * row["tonnes"]
                add(cost, "transport", commodity=row["commodity"], **keys, **at(row["destination"]))
        for row in self.vehicles():
            keys = {"organisation": self.organisation_of(row["depot"]), "period": row["period"]}
            add(row["fleet"]["cost_per_hour"] * row["hours"], "transport", **keys, **at(row["destination"]))
        for depot, period in self.used():
            keys = {"organisation": self.organisation_of(depot), "period": period}
            add(self.depots[depot]["cost_per_period"], "depot", **keys, **at(depot))
        for row in self.openings():
            keys = {"organisation": self.organisation_of(row["origin"]), "period": row["period"]}
            where = row["origin"] if row["kind"] == "depot" else row["destination"]
            add(row["cost"], row["kind"], **keys, **at(where))
