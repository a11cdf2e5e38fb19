"""What the families share while a mission is compiled, and what decoding needs afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pklogistics.instance.mission import Mission
from pklogistics.model.program import SHARED, Builder, Ints
from pklogistics.model.sets import BLANK, Sets

if TYPE_CHECKING:
    from pklogistics.model.supplies.goods import Goods

LINE_KEYS = ("organisation", "unit", "activity", "site", "commodity", "period")
"""Coded keys of a cost line; sector and region follow from activity and site."""

LABELLED = (
    *("organisation", "other", "unit", "activity", "sector", "site", "region"),
    *("depot", "place", "origin", "destination", "commodity", "cargo"),
)
"""Coded keys that have labels; see `labelled`."""

KINDS_OF_KEYS = {"other": "organisation", "origin": "place", "destination": "place"}
"""What a key names, where it is not called after that."""

PERIODS = ("ordered", "period", "arrives")
"""Keys that are periods."""


@dataclass
class Assembly:
    """The sets, the builder, and the tables of columns that families add and others refer to.

    Every table holds coded keys and the program position of each of its columns.

    Attributes
    ----------
    options : n, h, organisation, presence (line in ``presence`` or BLANK), served, used (or BLANK)
    presence : n, organisation, site, activity, period, active
    bases : organisation, site, period, base, set_up (or BLANK)
    mobilisation : organisation, period, mobilised
    stationing : unit, site, period, limit, stationed, arriving (or BLANK)
    strength : the same with units that do the same counted together, under the first of them
    guards : n, post (a site, or BLANK for any post within reach), served
    reached : n, activity, post, period: from which posts a need could be served
    posts : activity, post, period, column: the columns whose sum says that there is a post
    service : n, organisation (BLANK for the force), served: every column that serves a need
    unmet : position of the unmet people of each need, BLANK where nothing is left to serve
    floors : n, floor (people whom the mandate asks to be served by this plan, above 0), broken
    broken : rule, the keys concerned, column: elastic columns by rule
    lines : kind, keys of the cost line, column, rate
    escorts : unit, period, limit, on_escort, arriving (or BLANK): units on escort duty
    goods : where goods can be and move (family supplies), None without its tables
    accounts : account of each line; payments : fund, account, period, paid
    """

    sets: Sets
    builder: Builder
    options: pd.DataFrame = field(default_factory=pd.DataFrame)
    presence: pd.DataFrame = field(default_factory=pd.DataFrame)
    bases: pd.DataFrame = field(default_factory=pd.DataFrame)
    mobilisation: pd.DataFrame = field(default_factory=pd.DataFrame)
    agreements: pd.DataFrame = field(default_factory=pd.DataFrame)
    leads: pd.DataFrame = field(default_factory=pd.DataFrame)
    stationing: pd.DataFrame = field(default_factory=pd.DataFrame)
    strength: pd.DataFrame = field(default_factory=pd.DataFrame)
    guards: pd.DataFrame = field(default_factory=pd.DataFrame)
    reached: pd.DataFrame = field(default_factory=pd.DataFrame)
    posts: pd.DataFrame = field(default_factory=pd.DataFrame)
    service: pd.DataFrame = field(default_factory=pd.DataFrame)
    unmet: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    floors: pd.DataFrame = field(default_factory=pd.DataFrame)
    broken: list[pd.DataFrame] = field(default_factory=list)
    escorts: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["unit", "period", "limit", "on_escort", "arriving"], dtype="int64"
        )
    )
    goods: Goods | None = None
    charges: list[tuple[str, pd.DataFrame]] = field(default_factory=list)
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    accounts: pd.DataFrame = field(default_factory=pd.DataFrame)
    payments: pd.DataFrame = field(default_factory=pd.DataFrame)

    @classmethod
    def of(cls, mission: Mission, *, apart: bool = False) -> Assembly:
        """Start the assembly of a mission; see `Sets` for ``apart``."""
        return cls(Sets.of(mission, apart=apart), Builder())

    @property
    def mission(self) -> Mission:
        """The mission that is compiled."""
        return self.sets.mission

    def charge(self, kind: str, frame: pd.DataFrame, *, column: str, rate: ArrayLike) -> None:
        """Record cost lines: each line of ``frame`` costs ``rate`` (currency) per unit of its column.

        Keys that the frame lacks are blank. Lines that cost nothing are not recorded.
        """
        rates = np.broadcast_to(np.asarray(rate, dtype=float), (len(frame),))
        charged = rates > 0
        if not charged.any():
            return
        if not charged.all():
            frame, rates = frame[charged], rates[charged]
        lines = {key: frame[key].to_numpy() if key in frame else BLANK for key in LINE_KEYS}
        charge = {**lines, "column": frame[column].to_numpy(), "rate": rates}
        self.charges.append((kind, pd.DataFrame(charge, index=range(len(rates)))))

    def break_column(
        self,
        family: str,
        rule: str,
        frame: pd.DataFrame,
        *,
        weight: ArrayLike,
        upper: ArrayLike = np.inf,
        block: ArrayLike = SHARED,
    ) -> Ints:
        """Add an elastic column per line of ``frame``: by how much a mandate is broken.

        ``weight`` turns the column into people, the unit of the tier *mandate*.
        """
        keys = self.labelled(frame)
        columns = self.builder.columns(family, f"broken_{rule}", keys, upper=upper, block=block)
        self.builder.term("mandate", columns, weight, unit="people")
        weights = np.broadcast_to(np.asarray(weight, dtype=float), (len(frame),))
        self.broken.append(frame.assign(rule=rule, column=columns, weight=weights))
        return columns

    def labelled(self, frame: pd.DataFrame, *extra: str) -> pd.DataFrame:
        """Return the coded key columns of a frame as labels, for the groups of the program."""
        kinds = {key: KINDS_OF_KEYS.get(key, key) for key in LABELLED if key in frame}
        plain = (key for key in (*PERIODS, *extra) if key in frame)
        return self.sets.names.keys(frame, **kinds, **dict.fromkeys(plain, ""))
