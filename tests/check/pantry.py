"""A small mission of goods: bags of rice from a port to two towns. Tests of the rules add to it."""

from __future__ import annotations

from pklogistics.instance import Mission
from pklogistics.plan import Plan

from .builder import plan_of
from .missions import mission, serve

# A bag weighs 0.1 t and fills 0.2 m3; a person takes half a bag. 100 bags are at the port.
PANTRY = {
    "commodities": [{"commodity": "rice", "unit": "bag", "weight_t": 0.1, "volume_m3": 0.2}],
    "recipes": [{"activity": "food", "commodity": "rice", "per_person": 0.5}],
    "depots": [{"depot": "port"}],
    "stock": [{"depot": "port", "commodity": "rice", "quantity": 100}],
    "routes": [{"origin": "port", "destination": "A"}, {"origin": "port", "destination": "B"}],
}
PERISHABLE = [{**PANTRY["commodities"][0], "shelf_life": 1}]
TWO_PERIODS = {"periods": 2}


def pantry(header=None, **tables) -> Mission:
    """The mission with some of its tables put in place of the usual ones."""
    return mission(header, **{**PANTRY, **tables})


def sent(quantity, destination="A", origin="port", commodity="rice", **more) -> dict:
    return {
        "origin": origin,
        "destination": destination,
        "commodity": commodity,
        "quantity": quantity,
        **more,
    }


def given(quantity, site="A", activity="food", commodity="rice", **more) -> dict:
    return {"site": site, "activity": activity, "commodity": commodity, "quantity": quantity, **more}


def bought(quantity, depot="port", commodity="rice", **more) -> dict:
    return {"depot": depot, "commodity": commodity, "quantity": quantity, **more}


def taken(quantity, source="stock", depot="port", commodity="rice", **more) -> dict:
    usual = {"supplier": "", "period": 1, "cargo": "any", "expires": None, "declined": 0.0}
    lot = {"depot": depot, "commodity": commodity, "source": source, "quantity": quantity}
    return {**usual, **lot, **more}


def carried(m: Mission, service=None, *, shipments=None, distributions=None, escorts=None, **goods) -> Plan:
    """The plan of these decisions; if not told otherwise, 20 bags go to 40 people at A."""
    service = [serve("agency", "A", 40)] if service is None else service
    shipments = [sent(20)] if shipments is None else shipments
    distributions = [given(20)] if distributions is None else distributions
    decided = {"shipments": shipments, "distributions": distributions, **goods}
    return plan_of(m, service, goods=decided, escorts=escorts)
