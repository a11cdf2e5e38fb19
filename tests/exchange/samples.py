"""Tiny files of the formats, written for the tests: small enough to solve by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import pklogistics
from pklogistics.exchange import FormatError, instances
from pklogistics.instance import Mission

REFERENCE = os.environ.get("PKLOGISTICS_REFERENCE")
needs_reference = pytest.mark.skipif(
    REFERENCE is None, reason="PKLOGISTICS_REFERENCE does not name the folder of public instances"
)


def reference(*parts: str) -> Path:
    """Return a file of the public instances; one that is not there fails the test."""
    path = Path(REFERENCE or "", *parts)
    assert path.exists(), f"{path} is missing"
    return path


def solved(mission: Mission) -> list[float]:
    """Return the values of all tiers, which are proven, of a plan that keeps every rule."""
    plan = pklogistics.solve(mission, threads=1, gap=0.0)
    assert plan.status == "optimal"
    assert plan.violations == ()
    return [tier.value for tier in plan.tiers]


def gained(mission: Mission) -> float:
    """Return what the plan of `solved` reaches of all that the mission's people would gain."""
    return float(mission.frame("needs")["people"].sum()) - solved(mission)[0]


def refused(format_name: str, file: Path) -> list[str]:
    """Return the problems with which a file is refused."""
    with pytest.raises(FormatError) as raised:
        instances(format_name, file)
    return [str(problem) for problem in raised.value.problems]


ESUPS = {
    "items.csv": "ItemName,WeightMetricTon,CubicMeters\nKits,0.01,0.1\nFeathers,0,0.5\nTents,0.05,0.2\n",
    # The store at Harbour was moved into that of North, so 60 and 40 kits stand together.
    "inventory/actual.csv": (
        "ItemName,gglAddress,Total\nKits,North,60\nKits,Harbour,40\nKits,South,50\nFeathers,South,9\n"
    ),
    "inventory/half.csv": "ItemName,gglAddress,Total\nKits,South,75\n",
    "depotMapping.csv": (
        "gglAddressAsciiMapFrom,gglAddressAsciiMapTo\nHarbour,North\nNorth,North\nSouth,South\n"
    ),
    "depotSelection.csv": "gglAddressAscii,include\nNorth,1\nSouth,1\nHarbour,\n",
    # The drought is of a type that does not count, and one row of the storm has no number.
    "disasters.csv": (
        "DisasterID,Type,gglAddress,TotAffected\n"
        "D1,Flood,Town,30\nD1,Flood,Hills,40\nD2,Storm,Town,200\nD2,Storm,Hills,\nD3,Drought,Town,999\n"
    ),
    "disasterTypeSelection.csv": "disasterType,include\nFlood,1\nStorm,1\nDrought,\n",
    "distanceMatrix.csv": (
        "depotGglAddressAscii,depotGglLat,depotGglLong,disasterGglAddressAscii,disasterGglLat,"
        "disasterGglLong,drivingTime_hrs,distance_km\n"
        "North,-18,47,Town,-19,47.5,2,100\nSouth,-22,46,Town,-19,47.5,5,300\nSouth,-22,46,Hills,-20,47,1,50\n"
    ),
}
AT_TOWN = {"item": "Kits", "location": "Town"}

SIMCONFIG = {
    "skip": 0,
    "length": 3,
    "budget": 1000.0,
    "storage_limit_age": 2,
    "safety_stock": 10,
    "safety_stock_limit_age": 1,
    "refugee_to_demand": 2.5,
    "min_govt_buy_price": 5.0,
}
SCENARIOS = "2\n3\nJan\nrefugee,price\n2,2,1\n4,6,9\n0,0,0\n7,7,7\n"


def esups(folder: Path, **changed: str) -> Path:
    """Write the folder; ``changed`` replaces the text of files by their stems, ``""`` leaves one out."""
    for name, text in ESUPS.items():
        content = changed.get(Path(name).stem, text)
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        if content:
            (folder / name).write_text(content, encoding="utf-8")
    return folder


def reliefops(folder: Path, scenarios: str = SCENARIOS, config: object = None) -> Path:
    """Write a scenario file with its configuration beside it, and return the file."""
    folder.mkdir(exist_ok=True)
    document = {"simulator": SIMCONFIG} if config is None else config
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "simconfig.json").write_text(text, encoding="utf-8")
    (folder / "years.csv").write_text(scenarios, encoding="utf-8")
    return folder / "years.csv"
