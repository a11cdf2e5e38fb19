"""``esups``: which prepositioned stock goes to which disaster, by the least driving time.

The format is the folder of CSV files of the ESUPS stock analysis (Penn State, https://esups.org) as it
stands in Gurobi's modeling-examples, ``optimization202/ESUPS_case_study/data/madagascar``. Read are
``items.csv``, ``inventory/*.csv``, ``depotSelection.csv``, ``depotMapping.csv``, ``disasters.csv``,
``disasterTypeSelection.csv`` and ``distanceMatrix.csv``. Instances are the disasters by their EM-DAT
numbers, and ``all`` of them.

Mapping
-------
- *Organisation*: the country team, one organisation that acts for all who hold stock. It hands items out
  anywhere, without limit and at no cost.
- *Activity*: handing out the item (setting ``item``); one person takes one unit, as in the published
  example, which leaves ``personsPerItem.csv`` aside.
- *Site*: a disaster, at the place to which the example drives whatever is sent (setting ``location``). The
  people in need are all that it affects, over all districts; disasters of a type that is not included, and
  rows without a number, do not count.
- *Depot*: where there is stock of the item (setting ``inventory``), after the mapping of addresses.
- *Route*: from every depot with a driving time to the place. A unit costs the hours of that drive, so
  ``cost_per_t`` is hours over tonnes per unit, and the mission's currency is unit-hours.
- *Fund*: none; cost is what is minimised, after unmet need.

The published demand is cut to the stock that there is, min(affected, stock). Here people stay as many as
they are: need comes before cost, so that everything is sent where not everyone can be served, which is the
same, and the shortfall can be seen.

Instance ``all`` is the expectation over equally likely disasters, of which one will happen. The tables hold
one future only, but here the futures share no decision, since the stock stands where it stands: each disaster
is a site with depots of its own, which hold a copy of the stock, and both ``needs.weight`` and
``cost_per_t`` carry the disaster's probability. So the tier of cost is the expected unit-hours, and the
tier of need the expected number of people without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pklogistics.errors import OptionsError
from pklogistics.exchange.errors import refusal
from pklogistics.exchange.files import read_table, refuse_rows
from pklogistics.exchange.source import Draft, Format, Setting, Source
from pklogistics.instance.names import did_you_mean

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

ALL = "all"
TEAM = "country team"
SECTOR = "relief items"
DEPOT, PLACE = "depotGglAddressAscii", "disasterGglAddressAscii"
DRIVES = {
    **{"drivingTime_hrs": 0.0, "distance_km": 0.0, "depotGglLat": -90.0, "depotGglLong": -180.0},
    **{"disasterGglLat": -90.0, "disasterGglLong": -180.0},
}


@dataclass(frozen=True)
class Data:
    """What the folder says about one item and one place.

    Attributes
    ----------
    item : Series
        ``name``, ``weight_t`` and ``volume_m3`` of a unit.
    depots : DataFrame
        ``depot, quantity, latitude, longitude, hours, distance_km``; hours NaN where there is no drive.
    affected : Series
        People by disaster.
    place : Series
        ``name, latitude, longitude``.
    """

    item: pd.Series
    depots: pd.DataFrame
    affected: pd.Series
    place: pd.Series


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    if not path.is_dir():
        raise refusal(str(path), "is a file; expected the folder that holds disasters.csv and inventory")
    item = _item(path, settings["item"])
    drives, place = _drives(path, settings["location"])
    stock = _stock(path, settings["item"], settings["inventory"])
    depots = stock.merge(drives, how="left", on="depot")
    if depots["hours"].isna().all():
        raise refusal("distanceMatrix.csv", f"holds no drive to '{place['name']}' from any depot with stock")
    data = Data(item, depots, _affected(path), place)
    return Source((ALL, *data.affected.index), partial(_draft, data, settings["inventory"]))


def _item(folder: Path, wanted: str) -> pd.Series:
    file = "items.csv"
    items = read_table(folder, file, ["ItemName"], {"WeightMetricTon": 0.0, "CubicMeters": 0.0})
    rows = items[items["ItemName"] == wanted]
    if rows.empty:
        raise _unknown("item", wanted, file, items["ItemName"])
    refuse_rows(rows.iloc[1:], file, "ItemName", "item {} stands twice; keep one")
    refuse_rows(
        rows[rows["WeightMetricTon"] == 0],
        file,
        "ItemName",
        "item {} weighs nothing, but transport is paid by the tonne; correct WeightMetricTon",
    )
    names = {"ItemName": "name", "WeightMetricTon": "weight_t", "CubicMeters": "volume_m3"}
    return rows.rename(columns=names).iloc[0]


def _stock(folder: Path, item: str, inventory: str) -> pd.DataFrame:
    """Return ``depot, quantity`` where there is stock of the item, in the order of the depots' names."""
    file = f"inventory/{inventory}.csv"
    if not (folder / file).is_file():
        raise _unknown("inventory", inventory, "inventory", [p.stem for p in folder.glob("inventory/*.csv")])
    rows = read_table(folder, file, ["ItemName", "gglAddress"], {"Total": 0.0})
    rows = rows[(rows["ItemName"] == item) & (rows["Total"] > 0)]
    if rows.empty:
        raise OptionsError(
            f"item is '{item}': no depot of {file} holds any; choose another item or inventory"
        )
    mapping = read_table(folder, "depotMapping.csv", ["gglAddressAsciiMapFrom", "gglAddressAsciiMapTo"])
    goes_to = mapping.drop_duplicates("gglAddressAsciiMapFrom").set_index("gglAddressAsciiMapFrom")
    depot = rows["gglAddress"].map(goes_to["gglAddressAsciiMapTo"])
    rows = rows.assign(depot=depot.fillna(rows["gglAddress"]))
    selected = read_table(folder, "depotSelection.csv", ["gglAddressAscii", "include"])
    included = selected.loc[selected["include"] == "1", "gglAddressAscii"]
    message = "the depot of {} is not included by depotSelection.csv; include it, or map it to one that is"
    refuse_rows(rows[~rows["depot"].isin(included)], file, "gglAddress", message)
    return rows.groupby("depot")["Total"].sum().rename("quantity").reset_index()


def _drives(folder: Path, location: str) -> tuple[pd.DataFrame, pd.Series]:
    """Return ``depot, latitude, longitude, hours, distance_km`` of drives to the place, and the place."""
    file = "distanceMatrix.csv"
    rows = read_table(folder, file, [DEPOT, PLACE], DRIVES)
    there = rows[rows[PLACE] == location]
    if there.empty:
        raise _unknown("location", location, file, rows[PLACE])
    refuse_rows(there[there.duplicated(DEPOT)], file, DEPOT, "the drive from {} stands twice; keep one")
    names = {
        DEPOT: "depot",
        "depotGglLat": "latitude",
        "depotGglLong": "longitude",
        "drivingTime_hrs": "hours",
    }
    drives = there.rename(columns=names)[[*names.values(), "distance_km"]]
    ends = {PLACE: "name", "disasterGglLat": "latitude", "disasterGglLong": "longitude"}
    return drives, there.rename(columns=ends)[list(ends.values())].iloc[0]


def _affected(folder: Path) -> pd.Series:
    """Return people affected by disaster, in the order of the disasters' numbers."""
    types = read_table(folder, "disasterTypeSelection.csv", ["disasterType", "include"])
    included = types.loc[types["include"] == "1", "disasterType"]
    rows = read_table(
        folder, "disasters.csv", ["DisasterID", "Type"], {"TotAffected": 0.0}, blanks=["TotAffected"]
    )
    refuse_rows(rows[rows["DisasterID"] == ""], "disasters.csv", "DisasterID", "DisasterID is {}")
    counted = rows[rows["Type"].isin(included) & rows["TotAffected"].notna()]
    if counted.empty:
        raise refusal("disasters.csv", "holds no disaster of a type that disasterTypeSelection.csv includes")
    return counted.groupby("DisasterID")["TotAffected"].sum()


def _draft(data: Data, inventory: str, instance: str) -> Draft:
    everything = instance == ALL
    chosen = data.affected if everything else data.affected.loc[[instance]]
    disasters = pd.DataFrame({"site": chosen.index, "people": chosen.to_numpy(), "weight": 1 / len(chosen)})
    copies = disasters.merge(data.depots.assign(name=data.depots["depot"]), how="cross")
    if everything:
        copies["depot"] = copies["depot"] + " (" + copies["site"] + ")"
    place, unit = data.place, data.item
    item = str(unit["name"])
    at = {"name": place["name"], "latitude": place["latitude"], "longitude": place["longitude"]}
    good = {"commodity": item, "weight_t": unit["weight_t"], "volume_m3": unit["volume_m3"]}
    tables: dict[str, Rows] = {
        "sites": disasters[["site"]].assign(**at),
        "activities": [{"activity": item, "sector": SECTOR}],
        "needs": disasters.assign(activity=item)[["site", "activity", "people", "weight"]],
        "organisations": [{"organisation": TEAM, "name": "All who hold stock, acting together"}],
        "capabilities": [{"organisation": TEAM, "activity": item, "modality": "in_kind"}],
        "commodities": [{**good, "unit": "item"}],
        "recipes": [{"activity": item, "commodity": item, "per_person": 1}],
        "depots": copies[["depot", "name", "latitude", "longitude"]],
        "stock": copies.assign(commodity=item)[["depot", "commodity", "quantity"]],
        "routes": _routes(copies, float(unit["weight_t"])),
    }
    return Draft(_header(instance, item, inventory, data, len(chosen)), tables)


def _routes(copies: pd.DataFrame, weight_t: float) -> pd.DataFrame:
    driven = copies[copies["hours"].notna()]
    routes = driven.rename(columns={"depot": "origin", "site": "destination"})
    routes["cost_per_t"] = routes["hours"] * routes["weight"] / weight_t
    return routes[["origin", "destination", "cost_per_t", "distance_km", "hours"]]


def _header(instance: str, item: str, inventory: str, data: Data, futures: int) -> Mapping[str, object]:
    what = f"one of {futures} equally likely disasters" if instance == ALL else f"disaster {instance}"
    return {
        "name": f"esups-{instance}",
        "description": (
            f"Which prepositioned stock of {item} goes to {what} at {data.place['name']}. Cost is in "
            f"unit-hours: units sent times hours of driving{', expected' if instance == ALL else ''}."
        ),
        "sources": [f"ESUPS stock analysis (https://esups.org), inventory {inventory}"],
        "currency": "unit-hours",
        "periods": 1,
    }


def _unknown(setting: str, value: str, file: str, known: pd.Series | list[str]) -> OptionsError:
    names = list(dict.fromkeys(str(name) for name in known))
    return OptionsError(
        f"{setting} is '{value}', which {file} does not have{did_you_mean(value, names)}; "
        f"it has {', '.join(names) or 'none'}"
    )


FORMAT = Format(
    open=_open,
    settings={
        "item": Setting("Buckets", "item of items.csv"),
        "inventory": Setting("actual", "file of the folder inventory, without .csv"),
        "location": Setting("Ambatondrazaka, Madagascar", "disaster address of distanceMatrix.csv"),
    },
)
