"""The mission that a template begins with: of the catalogue, what a profile takes and the user asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from pklogistics.errors import OptionsError
from pklogistics.instance import Mission, read
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.schema import TABLES
from pklogistics.starter.profile import Profile, profile_of
from pklogistics.starter.selection import Tables, consistent

CATALOGUE = Path(__file__).parent / "catalogue"
FAMILIES = tuple(dict.fromkeys(table.family for table in TABLES.values()))
REQUIRED = tuple(table.name for table in TABLES.values() if table.required)


@dataclass(frozen=True)
class Starter:
    """A mission to start from; ``notes`` explains keys of its header, by their dotted names."""

    mission: Mission
    notes: Mapping[str, str]


def new(profile: str | None = None, tables: Iterable[str] | None = None) -> Starter:
    """Return a mission to start from, whole and solvable as it is.

    Parameters
    ----------
    profile
        ``traditional``, ``multidimensional``, ``robust`` or ``preventive``; None: a humanitarian country
        team beside a mission.
    tables
        Families or tables besides the five required ones; None: every table.

    Raises
    ------
    OptionsError
        If there is no such profile, family or table.
    """
    chosen = profile_of(profile)
    asked = tables_asked(tables)
    catalogue = _catalogue()
    taken = {name: frame.copy() for name, frame in catalogue.tables.items() if name in asked}
    taken = consistent(_as_profiled(taken, chosen))
    header, notes = _header(catalogue.header.as_document(), profile, chosen)
    return Starter(Mission.from_tables(header, taken), notes)


@cache
def _catalogue() -> Mission:
    """Return the catalogue, which no one changes, because a mission is immutable."""
    return read(CATALOGUE)


def tables_asked(names: Iterable[str] | None) -> frozenset[str]:
    """Return the tables that names of families and tables stand for, the required ones always with them."""
    if names is None:
        return frozenset(TABLES)
    asked = set(REQUIRED)
    for name in names:
        found = [table.name for table in TABLES.values() if name in (table.family, table.name)]
        if not found:
            near = did_you_mean(name, [*FAMILIES, *TABLES])
            families = f"; the families are {', '.join(FAMILIES)}"
            raise OptionsError(f"there is no family or table {name!r}{near or families}")
        asked.update(found)
    return frozenset(asked)


def _as_profiled(tables: Tables, chosen: Profile) -> Tables:
    """Keep the activities and units of the profile, with its floors, its numbers and its notes."""
    activities = _of(tables["activities"], "activity", chosen.activities)
    activities["note"] = activities["activity"].map({k: each.note for k, each in chosen.activities.items()})
    if "units" not in tables:
        activities = activities[activities["provider"] != "force"].reset_index(drop=True)
    floors = {k: each.floor for k, each in chosen.activities.items() if each.floor is not None}
    needs = _of(tables["needs"], "activity", chosen.activities)
    needs["min_coverage"] = needs["activity"].map(floors).astype("float64")
    first = ~needs["activity"].duplicated() & needs["min_coverage"].notna()
    why = "The mandated floor of this activity: " + needs["activity"].map(
        {name: each.note for name, each in chosen.activities.items()}
    )
    needs["note"] = why.where(first, "").astype("str")
    tables = {**tables, "activities": activities, "needs": needs}
    if "units" in tables:
        units = _of(tables["units"], "unit", chosen.units)
        units["available"] = units["unit"].map({k: each.available for k, each in chosen.units.items()})
        units["note"] = units["unit"].map({k: each.note for k, each in chosen.units.items()})
        tables["units"] = units
    return tables


def _of(frame: pd.DataFrame, column: str, names: Collection[str]) -> pd.DataFrame:
    return frame[frame[column].isin(list(names))].reset_index(drop=True)


def _header(
    document: dict[str, Any], name: str | None, chosen: Profile
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the header of the profile, and the notes on its keys."""
    document |= {
        "name": name or "example",
        "description": f"{chosen.title[0].upper()}{chosen.title[1:]}. {chosen.summary}"
        f" {document['description']}",
        "policy": {key: each.value for key, each in chosen.policy.items()},
    }
    notes = {f"policy.{key}": each.note for key, each in chosen.policy.items()}
    if chosen.tiers:
        document["objective"] = {"tiers": list(chosen.tiers)}
        notes["objective.tiers"] = chosen.tiers_note
    return document, notes
