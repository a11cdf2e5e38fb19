"""What the mission says, coded: the checker's own reading of the tables.

Frames of things (``sites``, ``activities``, ``organisations``, ``units``, ``funds``, ``commodities``) have a
row for each code, in order. Keys in all other frames are codes (see `names`); ``period`` counts from 1.
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
    CARGO,
    ELASTIC_RULES,
    KINDS_OF_COST,
    LOCAL,
    MEASURES,
    OPENINGS,
    SCOPES,
    SOURCES,
    Codes,
    Names,
    at,
)

if TYPE_CHECKING:
    from pklogistics.instance import Mission

NEED = ["site", "activity", "period"]
WITH_GOODS = ("in_kind", "service")
"""Modalities in which people are served with goods, if the activity needs any."""


@dataclass(frozen=True)
class Facts:
    """The mission as the checker reads it.

    ``options`` has a row per capability row: organisation, activity, modality, scope, place (the site or
    region it is restricted to, or BLANK) and its costs and limits (NaN: no limit).
    ``places`` has the latitude and longitude of sites and depots (which may stand at a site), sites first.
    ``needs`` has a row per site, activity and period: people, covered (by others, people), net (people),
    weight (of an unmet person, severity included), floor (people to be covered).
    """

    mission: Mission
    names: Names
    sites: pd.DataFrame
    places: pd.DataFrame
    activities: pd.DataFrame
    organisations: pd.DataFrame
    units: pd.DataFrame
    funds: pd.DataFrame
    commodities: pd.DataFrame
    options: pd.DataFrame
    needs: pd.DataFrame
    region_of_site: Codes
    site_of_depot: Codes
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
        found = {}
        if "activity" in frame:
            found["sector"] = at(self.sector_of_activity, frame["activity"].to_numpy(), BLANK)
        if "site" in frame:
            found["region"] = at(self.region_of_site, frame["site"].to_numpy(), BLANK)
        return frame.assign(**found)

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
        places=_places(mission, sites),
        activities=activities,
        organisations=mission.frame("organisations"),
        units=mission.frame("units"),
        funds=mission.frame("funds"),
        commodities=mission.frame("commodities"),
        options=_options(mission, names),
        needs=_needs(mission, names),
        region_of_site=names.code("region", sites["region"]),
        site_of_depot=names.code("site", mission.frame("depots")["site"]),
        sector_of_activity=sector_of_activity,
        by_force=(activities["provider"] == "force").to_numpy(dtype=bool),
    )


def _names(mission: Mission) -> Names:
    def known(*columns: tuple[str, str], and_also: tuple[str, ...] = ()) -> pd.Index[Any]:
        parts = [mission.frame(table)[column].astype(object) for table, column in columns]
        labels = pd.concat([*parts, pd.Series(and_also, dtype=object)]).unique()
        index: pd.Index[Any] = pd.Index([label for label in labels if label != ""], dtype=object)
        return index

    named_after_table = {
        kind: known((f"{kind}s", kind)) for kind in ("site", "organisation", "unit", "fund", "depot")
    }
    fixed = {
        "scope": SCOPES,
        "kind_of_cost": KINDS_OF_COST,
        "rule": ELASTIC_RULES,
        "measure": MEASURES,
        "source": SOURCES,
        "opening": OPENINGS,
        "cargo": CARGO if has_two_classes(mission) else CARGO[:1],
    }
    return Names(
        {
            **named_after_table,
            **{kind: pd.Index(labels, dtype=object) for kind, labels in fixed.items()},
            "region": known(("sites", "region")),
            "activity": known(("activities", "activity")),
            "sector": known(("activities", "sector")),
            "modality": known(("capabilities", "modality")),
            "commodity": known(("commodities", "commodity")),
            "nutrient": known(("nutrients", "nutrient"), ("requirements", "nutrient")),
            "place": known(("sites", "site"), ("depots", "depot")),
            "supplier": known(("supplies", "supplier")),
            "vehicle": known(("fleets", "vehicle")),
            "mode": known(("routes", "mode"), ("fleets", "mode"), and_also=(LOCAL,)),
        }
    )


def has_two_classes(mission: Mission) -> bool:
    """Tell whether goods for those who refuse armed escort are kept apart.

    They are if a route needs escort and an organisation that refuses it can deliver an activity with goods.
    """
    options = mission.frame("capabilities")
    fed = pd.concat([mission.frame(name)["activity"] for name in ("recipes", "requirements")])
    deliver = options.loc[
        options["activity"].isin(fed) & options["modality"].isin(WITH_GOODS), "organisation"
    ]
    organisations = mission.frame("organisations")
    refusing = organisations.loc[~organisations["accepts_armed_escort"], "organisation"]
    return bool(mission.frame("routes")["escort"].any() and deliver.isin(refusing).any())


def _places(mission: Mission, sites: pd.DataFrame) -> pd.DataFrame:
    """Return where sites and depots are; a depot without coordinates is where its site is."""
    ends = ["latitude", "longitude"]
    depots = mission.frame("depots")
    of_site = sites.set_index("site")[ends].reindex(depots["site"])
    own = depots[ends].astype(float).fillna(of_site.reset_index(drop=True))
    return pd.concat([sites[ends].astype(float), own], ignore_index=True)


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
