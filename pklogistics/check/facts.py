"""What the mission says, coded: the checker's own reading of the tables.

Frames of things (``sites``, ``activities``, ``organisations``, ``units``, ``funds``) have a row for each
code, in order. Keys in all other frames are codes (see `names`); ``period`` counts from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.matching import look_up, occurs, total
from pklogistics.check.names import (
    BLANK,
    ELASTIC_RULES,
    KINDS_OF_COST,
    MEASURES,
    SCOPES,
    Codes,
    Names,
    at,
)

if TYPE_CHECKING:
    from pklogistics.instance import Mission

NEED = ["site", "activity", "period"]


@dataclass(frozen=True)
class Facts:
    """The mission as the checker reads it.

    ``options`` has a row per capability row: organisation, activity, modality, scope, place (the site or
    region it is restricted to, or BLANK) and its costs and limits (NaN: no limit).
    ``needs`` has a row per site, activity and period: people, covered (by others, people), net (people),
    weight (of an unmet person, severity included), floor (people to be covered).
    """

    mission: Mission
    names: Names
    sites: pd.DataFrame
    activities: pd.DataFrame
    organisations: pd.DataFrame
    units: pd.DataFrame
    funds: pd.DataFrame
    options: pd.DataFrame
    needs: pd.DataFrame
    region_of_site: Codes
    sector_of_activity: Codes
    by_force: NDArray[np.bool_]
    _coded: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def periods(self) -> int:
        """Return the number of periods."""
        return int(self.mission.T)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the mission, defaults filled, labels coded."""
        if name not in self._coded:
            self._coded[name] = self.names.coded(self.mission.frame(name))
        return self._coded[name]

    def placed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with the sector of its activity and the region of its site."""
        if "activity" in frame:
            frame = frame.assign(sector=at(self.sector_of_activity, frame["activity"].to_numpy(), BLANK))
        if "site" in frame:
            frame = frame.assign(region=at(self.region_of_site, frame["site"].to_numpy(), BLANK))
        return frame

    def net(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the net need (people) at the site, activity and period of each row; 0 without a need."""
        return np.nan_to_num(look_up(frame, self.needs, NEED, "net"))

    def capable(self, frame: pd.DataFrame) -> NDArray[np.bool_]:
        """Tell for each row whether its organisation has a capability for its activity at its site."""
        site = frame["site"].to_numpy()
        places = {"site": site, "region": self.region_of_site[site], "anywhere": np.full(len(site), BLANK)}
        able = np.zeros(len(frame), dtype=bool)
        for scope, place in places.items():
            offered = self.options[self.options["scope"] == SCOPES.index(scope)]
            able |= occurs(frame.assign(place=place), offered, ["organisation", "activity", "place"])
        return able


def read_facts(mission: Mission) -> Facts:
    """Read the mission's tables into codes."""
    names = _names(mission)
    sites = mission.frame("sites")
    activities = mission.frame("activities")
    sector_of_activity = names.code("sector", activities["sector"])
    return Facts(
        mission=mission,
        names=names,
        sites=sites,
        activities=activities,
        organisations=mission.frame("organisations"),
        units=mission.frame("units"),
        funds=mission.frame("funds"),
        options=_options(mission, names),
        needs=_needs(mission, names),
        region_of_site=names.code("region", sites["region"]),
        sector_of_activity=sector_of_activity,
        by_force=(activities["provider"] == "force").to_numpy(dtype=bool),
    )


def _names(mission: Mission) -> Names:
    def known(table: str, column: str) -> pd.Index[Any]:
        labels = mission.frame(table)[column].astype(object).unique()
        index: pd.Index[Any] = pd.Index([label for label in labels if label != ""], dtype=object)
        return index

    return Names(
        {
            "site": known("sites", "site"),
            "region": known("sites", "region"),
            "activity": known("activities", "activity"),
            "sector": known("activities", "sector"),
            "organisation": known("organisations", "organisation"),
            "modality": known("capabilities", "modality"),
            "unit": known("units", "unit"),
            "fund": known("funds", "fund"),
            "scope": pd.Index(SCOPES, dtype=object),
            "kind_of_cost": pd.Index(KINDS_OF_COST, dtype=object),
            "rule": pd.Index(ELASTIC_RULES, dtype=object),
            "measure": pd.Index(MEASURES, dtype=object),
            "commodity": pd.Index([], dtype=object),
        }
    )


def _options(mission: Mission, names: Names) -> pd.DataFrame:
    """Return the capability rows with the scope and the place of each."""
    options = names.coded(mission.frame("capabilities"))
    site, region = options["site"].to_numpy(), options["region"].to_numpy()
    scope = np.select([site != BLANK, region != BLANK], [SCOPES.index("site"), SCOPES.index("region")], 0)
    place = np.where(site != BLANK, site, region)
    return options.assign(option=np.arange(len(options)), scope=scope, place=place)


def _needs(mission: Mission, names: Names) -> pd.DataFrame:
    """Return the needs by site, activity and period, what others cover taken off."""
    needs = names.coded(mission.by_period("needs"))
    others = total(names.coded(mission.by_period("coverage")), NEED, "people")
    people = needs["people"].to_numpy(dtype=float)
    covered = np.minimum(people, np.nan_to_num(look_up(needs, others, NEED, "people")))
    severity = needs["severity"].to_numpy(dtype=float)
    factors = np.asarray(mission.header.policy.severity_weights, dtype=float)
    graded = np.nan_to_num(severity, nan=1.0).astype(np.int64) - 1
    factor = np.where(np.isnan(severity), 1.0, factors[graded])
    return needs[NEED].assign(
        people=people,
        covered=covered,
        net=people - covered,
        severity=severity,
        weight=needs["weight"].to_numpy(dtype=float) * factor,
        floor=np.nan_to_num(needs["min_coverage"].to_numpy(dtype=float)) * people,
    )
