"""What an import made, and what had to be assumed on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from pklogistics.errors import OptionsError
from pklogistics.exchange.hxl.matching import Unmatched
from pklogistics.instance import Mission

Planned = Literal["agreed", "allowed", "coverage"]


@dataclass(frozen=True)
class SheetSettings:
    """What a sheet leaves open.

    Attributes
    ----------
    mapping : Mapping
        Names of the sheet (places, sectors, activities, organisations) and the keys of the mission that they
        stand for.
    household : float
        People in a household, where the sheet counts households.
    missing : float
        The share of a need that a row without a number of people stands for, 0 to 1.
    people : float, optional
        People in need where the sheet gives no number.
    severity_scale : float
        The greatest severity of the sheet; it is brought to 1 to 5.
    activities : tuple of str
        Activities that every place of a sheet without sectors needs.
    planned : str
        What a row of an organisation that the mission plans becomes: its presence, agreed or allowed, or
        coverage by others.
    near : bool
        Whether a name that is very probably a misspelling is taken for the name of the mission.
    """

    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    household: float = 5.0
    missing: float = 0.0
    people: float | None = None
    severity_scale: float = 5.0
    activities: tuple[str, ...] = ()
    planned: Planned = "agreed"
    near: bool = True

    def __post_init__(self) -> None:
        if not self.household > 0:
            raise OptionsError(f"household is {self.household:g}, but must be above 0 people")
        if not 0 <= self.missing <= 1:
            raise OptionsError(f"missing is {self.missing:g}, but must be a share from 0 to 1")
        if self.people is not None and not self.people >= 0:
            raise OptionsError(f"people is {self.people:g}, but must be at least 0")
        if not self.severity_scale > 0:
            raise OptionsError(f"severity-scale is {self.severity_scale:g}, but must be above 0")
        if self.planned not in ("agreed", "allowed", "coverage"):
            raise OptionsError(f"planned is {self.planned!r}, but must be agreed, allowed or coverage")


@dataclass(frozen=True)
class Imported:
    """What came of a sheet.

    Attributes
    ----------
    mission : Mission
        The mission with what the sheet told.
    rows, used : int
        Rows of the sheet after its totals were left out, and how many of them count in the mission.
    assumed : tuple of str
        Every assumption that was made, in sentences.
    unmatched : tuple of Unmatched
        Every name that is not exactly one of the mission's.
    coverage, presence : int
        Rows of these tables (or of needs) that the sheet made.
    """

    mission: Mission
    rows: int
    used: int
    assumed: tuple[str, ...]
    unmatched: tuple[Unmatched, ...]
    needs: int = 0
    coverage: int = 0
    presence: int = 0

    @property
    def record(self) -> dict[str, Any]:
        """What came of the sheet as values that JSON can hold."""
        return {
            "rows": self.rows,
            "used": self.used,
            "made": {"needs": self.needs, "coverage": self.coverage, "presence": self.presence},
            "assumptions": list(self.assumed),
            "unmatched": [each.row for each in self.unmatched],
        }
