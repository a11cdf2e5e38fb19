"""What was decided, in labels and units, with the certificate of how good it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NoReturn

import pandas as pd

from pklogistics.errors import NoPlanError, PlanError
from pklogistics.plan.certificate import Certificate, Damaged
from pklogistics.plan.tables import TABLES

Status = Literal["optimal", "feasible", "none"]
STATUSES: tuple[Status, ...] = ("optimal", "feasible", "none")

NOTHING_FOUND = "no plan was found before the search stopped; give it more time"


@dataclass(frozen=True)
class TierResult:
    """One tier of the objective: what was reached and what is proven.

    Attributes
    ----------
    name : name of the tier
    value : value of the plan, in the unit of the tier's terms (people, weighted people, money)
    bound : proven lower bound, given what earlier tiers reached; ``-inf`` if nothing is proven
    gap : (value - bound) relative to the value; ``inf`` if nothing is proven
    seconds : wall-clock time spent on the tier
    stopped : why the search on this tier stopped: gap, time, interrupted, stopped
    held_at : the most that the tier might come to while later ones were minimised, its tolerance included;
        bounds of later tiers hold for plans that keep to it. None: not held, or by an earlier version
    """

    name: str
    value: float
    bound: float
    gap: float
    seconds: float = 0.0
    stopped: str = "gap"
    held_at: float | None = None


class _NoTables(Mapping[str, pd.DataFrame]):
    """The tables of a plan that was not found: every question about them is an error."""

    def __getitem__(self, name: str) -> NoReturn:
        raise NoPlanError(NOTHING_FOUND)

    def __iter__(self) -> Iterator[str]:
        raise NoPlanError(NOTHING_FOUND)

    def __len__(self) -> NoReturn:
        raise NoPlanError(NOTHING_FOUND)


class _Tables(Mapping[str, pd.DataFrame]):
    """The tables of a plan, each as `PlanTable.conformed` returns it."""

    def __init__(self, frames: dict[str, pd.DataFrame]) -> None:
        self._frames = frames

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan: tables by label, the value and bound of every tier, and why the search stopped.

    Two plans are equal if every attribute and every cell is. What is asked of a plan that was not
    found (``status`` none) raises `NoPlanError`.

    Attributes
    ----------
    mission : name of the mission
    changes : with what of it changed (see `pklogistics.changed`) the plan was made, in order
    status : optimal (every tier within the gap asked for), feasible, or none
    stopped : why the search ended: gap, time, interrupted, stopped
    tables : data frames by name, as `pklogistics.plan.tables.TABLES` says; a table that is not given
        is empty, and every table has its columns in order and in their dtype
    tiers : results in the order in which the tiers were minimised
    seconds : wall-clock time by phase (read, compile, solve, check, explain, rule_of_thumb), and in total
    solver : which solver found it
    created_by : version of pklogistics
    currency : unit of all money in the tables
    violations : what the checker found, one mapping per violation; None if it was not checked
    notes : sentences about anything that went otherwise than planned while solving
    names : what is called otherwise than by its key, for people: names by kind (site, fund ...) and key
    certificate : prices that prove the bounds anew, of a plan that was made by decomposition; or what is
        wrong with them
    """

    mission: str
    status: Status
    stopped: str
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    tiers: tuple[TierResult, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    solver: str = ""
    created_by: str = ""
    currency: str = ""
    violations: tuple[Mapping[str, Any], ...] | None = None
    notes: tuple[str, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    certificate: Certificate | Damaged | None = field(default=None, repr=False)
    changes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise PlanError(f"the status of a plan is one of {', '.join(STATUSES)}, not {self.status!r}")
        tables = _NoTables() if self.status == "none" else _complete(self.tables)
        object.__setattr__(self, "tables", tables)
        object.__setattr__(self, "tiers", tuple(self.tiers))
        object.__setattr__(self, "notes", tuple(self.notes))
        object.__setattr__(self, "changes", tuple(self.changes))
        names = {kind: dict(found) for kind, found in self.names.items()}
        object.__setattr__(self, "names", MappingProxyType(names))
        object.__setattr__(self, "seconds", MappingProxyType(dict(self.seconds)))
        if self.violations is not None:
            object.__setattr__(self, "violations", tuple(dict(found) for found in self.violations))

    @classmethod
    def empty(cls, mission: str, stopped: str, **attributes: Any) -> Plan:
        """Return the plan with status none: the search ended before anything was found."""
        return cls(mission=mission, status="none", stopped=stopped, **attributes)

    @classmethod
    def load(cls, path: str | Path) -> Plan:
        """Read a plan from a folder or workbook that `save` wrote; raises `PlanError`."""
        from pklogistics.plan.files import load

        return load(Path(path))

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the plan to a folder of CSV files or, if the path ends in .xlsx, to a workbook.

        It is written whole or not at all. With ``overwrite`` an earlier plan is replaced, and nothing
        but a plan.

        Raises
        ------
        NoPlanError
            If the status is none.
        PlanError
            If the place is taken, or cannot be written.
        """
        from pklogistics.plan.files import save

        save(self, Path(path), overwrite=overwrite)

    @property
    def objective(self) -> float:
        """Value of the last tier, in its unit."""
        return self._last.value

    @property
    def bound(self) -> float:
        """Proven lower bound of the last tier, in its unit."""
        return self._last.bound

    @property
    def gap(self) -> float:
        """Relative gap of the last tier."""
        return self._last.gap

    @property
    def found(self) -> bool:
        """Whether there is a plan at all."""
        return self.status != "none"

    @property
    def _last(self) -> TierResult:
        if not self.found or not self.tiers:
            raise NoPlanError(NOTHING_FOUND)
        return self.tiers[-1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        names = [f.name for f in fields(self) if f.name != "tables"]
        if any(getattr(self, name) != getattr(other, name) for name in names):
            return False
        return not self.found or all(self.tables[name].equals(other.tables[name]) for name in TABLES)

    __hash__ = None  # type: ignore[assignment]  # data frames have no hash

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy through the constructor, because read-only mappings cannot be pickled."""
        attributes = {f.name: getattr(self, f.name) for f in fields(self)}
        attributes["tables"] = dict(self.tables) if self.found else {}
        attributes |= {"seconds": dict(self.seconds), "names": dict(self.names)}
        return _rebuilt, (attributes,)


def _rebuilt(attributes: dict[str, Any]) -> Plan:
    return Plan(**attributes)


def _complete(given: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    if isinstance(given, _Tables):  # those of a plan to which something is added
        return _Tables({name: frame.copy(deep=False) for name, frame in given.items()})
    unknown = [name for name in given if name not in TABLES]
    if unknown:
        raise PlanError(f"a plan has no table {unknown[0]!r}; its tables are {', '.join(TABLES)}")
    return _Tables(
        {
            name: table.conformed(given[name]) if name in given else table.empty()
            for name, table in TABLES.items()
        }
    )
