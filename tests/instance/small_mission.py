"""A small mission that is right, as CSV texts, and the ways in which tests spoil it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pklogistics.errors import Problem
from pklogistics.instance import Mission, validate

HEADER = 'format = 1\nname = "small"\nperiods = 3\nstart = 2011-03-01\n'

TABLES = {
    "sites": (
        "site,latitude,longitude,region,group,threat\n"
        "bouake,7.69,-5.03,north,a,2\n"
        "abidjan,5.35,-4.00,south,b,1\n"
        "korhogo,9.46,-5.63,north,a,0\n"
    ),
    "activities": "activity,sector,provider\nfood,food,\nhealth,health,\npatrol,protection,force\n",
    "needs": "site,activity,period,people\nbouake,food,,1000\nabidjan,health,1,500\nkorhogo,patrol,,200\n",
    "organisations": "organisation,kind,base_cost\nwfp,UN agency,100\ncaritas,local ngo,\n",
    "capabilities": (
        "organisation,activity,modality,region,cost_per_person\n"
        "wfp,food,in kind,,2\n"
        "wfp,health,service,south,3\n"
        "caritas,food,cash,,1.5\n"
    ),
    "units": "unit,persons,available,tasks\nplatoon,35,4,patrol\n",
}
"""Right as it stands: three periods, one need for every period, two organisations, one unit type."""


def folder(path: Path, header: str = HEADER, **changes: str | bytes | None) -> Path:
    """Write the small mission as a folder, with some tables changed (None: left out)."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "mission.toml").write_text(header, encoding="utf-8")
    for name, text in (TABLES | changes).items():
        if text is not None:
            data = text.encode() if isinstance(text, str) else text
            (path / f"{name}.csv").write_bytes(data)
    return path


def said(path: Path, severity: str = "error") -> list[tuple[str, int | None, str | None, str | None, str]]:
    """Return what `validate` says, as tuples."""
    return [fields(problem) for problem in validate(path) if problem.severity == severity]


def fields(problem: Problem) -> tuple[str, int | None, str | None, str | None, str]:
    return problem.file, problem.row, problem.column, problem.value, problem.message


def mission(header: dict[str, Any] | None = None, **tables: Any) -> Mission:
    """Make the smallest mission in memory, with some tables replaced or added."""
    least: dict[str, Any] = {
        "sites": [{"site": "a"}, {"site": "b"}],
        "activities": [{"activity": "food", "sector": "food"}],
        "needs": [{"site": "a", "activity": "food", "people": 10}],
        "organisations": [{"organisation": "wfp"}],
        "capabilities": [{"organisation": "wfp", "activity": "food"}],
    }
    return Mission.from_tables({"periods": 3, **(header or {})}, least | tables)
