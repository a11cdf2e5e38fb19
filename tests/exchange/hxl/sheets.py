"""A small mission and small humanitarian sheets, written by hand."""

from __future__ import annotations

import csv
from pathlib import Path

from pklogistics import Mission

HEADER = ["Organisation", "Cluster", "P-code", "District", "Reached"]
TAGS = ["#org+impl", "#sector", "#adm2+code", "#adm2+name", "#reached"]


def mission(periods: int = 1, start: str | None = None) -> Mission:
    """Three districts, food, water and two services of health; the relief society is the only one planned."""
    header = {"name": "small", "periods": periods, **({"start": start} if start else {})}
    sites = [
        {"site": "d1", "name": "Riverside", "pcode": "XX01", "region": "north"},
        {"site": "d2", "name": "Hilltop", "pcode": "XX02", "region": "north"},
        {"site": "d3", "name": "Hilltop", "pcode": "XX03", "region": "south"},
    ]
    activities = [
        {"activity": "food", "sector": "food_security"},
        {"activity": "water", "name": "Safe water", "sector": "wash"},
        {"activity": "clinic", "sector": "health"},
        {"activity": "vaccination", "sector": "health"},
    ]
    needs = [
        {"site": site, "activity": each["activity"], "people": 1000, "min_coverage": 0.1}
        for site in ("d1", "d2", "d3")
        for each in activities
    ]
    return Mission.from_tables(
        header,
        {
            "sites": sites,
            "activities": activities,
            "needs": needs,
            "organisations": [{"organisation": "relief", "name": "Relief Society"}],
            "capabilities": [{"organisation": "relief", "activity": "food", "cost_per_person": 2}],
        },
    )


def sheet(path: Path, *rows: list[object], header: list[str] = HEADER, tags: list[str] | None = TAGS) -> Path:
    """Write a sheet; without tags it has a header alone."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([tags] if tags else []), *rows])
    return path
