"""What the user says that names of a sheet stand for: ``--map 'NAME=KEY'``, before anything is matched."""

from __future__ import annotations

from collections.abc import Mapping

from pklogistics.errors import OptionsError
from pklogistics.exchange.hxl.sectors import bare
from pklogistics.instance import Mission
from pklogistics.instance.names import did_you_mean

TABLES = {"site": "sites", "activity": "activities", "organisation": "organisations"}
"""What a name can stand for, and the table that holds its keys."""


def check_mapping(mapping: Mapping[str, str], mission: Mission) -> None:
    """Raise `OptionsError` if a name is mapped to what is no site, activity or organisation."""
    known = dict.fromkeys(key for kind in TABLES for key in _keys(mission, kind))
    for name, key in mapping.items():
        if key not in known:
            told = "which is no key of the mission's sites, activities or organisations"
            raise OptionsError(f"{name!r} is mapped to {key!r}, {told}{did_you_mean(key, known)}")


def mapped(mapping: Mapping[str, str], mission: Mission, kind: str) -> dict[str, str]:
    """Return what is mapped to keys of one kind (see `TABLES`), by names as they are compared."""
    keys = set(_keys(mission, kind))
    return {bare(name): key for name, key in mapping.items() if key in keys}


def _keys(mission: Mission, kind: str) -> list[str]:
    return list(mission.frame(TABLES[kind])[kind])
