"""The public classes of problems: where their instances are, what is published, and what a plan says of it.

Each class is imported as an ordinary mission, and the value of the class follows from the tiers of its plan
in one of three ways:

- *cost*: the cost of a plan that leaves nobody out. Where it is proven that somebody must be left out, the
  instance is infeasible.
- *profit*: all people less those left out, weighted; greatest instead of least.
- *left*: the budget less the cost.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.damage import with_lines, with_threes
from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.plan.plan import TierResult

INFEASIBLE = "infeasible"
PEOPLE = 1e-6
"""Fewer people than this are rounding; see `pklogistics.model.settle`."""


@dataclass(frozen=True)
class Claim:
    """What a plan says of the value of its class.

    Attributes
    ----------
    value : NaN if the plan says nothing of it
    bound : what no plan can beat, infinite on the worse side if nothing is proven
    infeasible : whether it is proven that there is no solution
    """

    value: float
    bound: float
    infeasible: bool = False


def _tier(plan: Plan, name: str) -> TierResult:
    return next(tier for tier in plan.tiers if tier.name == name)


def cost(mission: Mission, plan: Plan) -> Claim:
    """Return the cost of a plan that serves everybody."""
    need, tier = _tier(plan, "need"), _tier(plan, "cost")
    if not need.value <= PEOPLE:
        return Claim(math.nan, -math.inf, infeasible=need.bound > PEOPLE)
    return Claim(tier.value, tier.bound)


def cost_of_all_there_is(mission: Mission, plan: Plan) -> Claim:
    """Return the cost where stock does not reach everybody: once the need left is proven least."""
    need, tier = _tier(plan, "need"), _tier(plan, "cost")
    proven = need.value - need.bound <= PEOPLE * max(1.0, need.value)
    return Claim(tier.value, tier.bound if proven else -math.inf)


def profit(mission: Mission, plan: Plan) -> Claim:
    """Return the weighted people who are not left out."""
    needs, tier = mission.frame("needs"), _tier(plan, "need")
    everyone = float((needs["people"] * needs["weight"]).sum())
    return Claim(everyone - tier.value, everyone - tier.bound)


def left(mission: Mission, plan: Plan) -> Claim:
    """Return what is left of the funds."""
    money, tier = float(mission.frame("funds")["amount"].sum()), _tier(plan, "cost")
    return Claim(money - tier.value, money - tier.bound)


Repair = Callable[[str], str]
"""Turns the text of a damaged file into what it said before."""


@dataclass(frozen=True)
class Published:
    """One instance: its file below the folder of public instances, its name there, and what is published."""

    name: str
    file: str
    instance: str | None
    value: float
    greatest: bool
    proven: bool
    repair: Repair | None = None

    @property
    def infeasible(self) -> bool:
        """Whether it is published that there is no solution."""
        return math.isnan(self.value)


Rows = Iterator[Mapping[str, str]]


@dataclass(frozen=True)
class PublicClass:
    """A class of problems.

    Attributes
    ----------
    format : name of its importer
    group : its instances' name in OPTIMA.csv
    where : file and instance of each name in OPTIMA.csv, None for what is not asked for
    claim : what a plan says of the value of the class
    limit : seconds for one instance
    repairs : by name of instance, how its damaged file is repaired
    """

    format: str
    group: str
    where: Callable[[str], tuple[str, str | None] | None]
    claim: Callable[[Mission, Plan], Claim] = cost
    limit: float = 60.0
    repairs: Mapping[str, Repair] = field(default_factory=dict)

    def published(self, folder: Path) -> list[Published]:
        """Return the instances that are asked for, in the order of OPTIMA.csv."""
        with (folder / "OPTIMA.csv").open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["set"] == self.group]
        found = []
        for row in rows:
            name, place = row["instance"], self.where(row["instance"])
            if place is not None:
                value = math.nan if row["value"] == INFEASIBLE else float(row["value"])
                sure = row["status"].startswith("optimal")
                found.append(
                    Published(name, *place, value, row["sense"] == "max", sure, self.repairs.get(name))
                )
        return found


@dataclass(frozen=True)
class Years(PublicClass):
    """The class of relief rice, whose published values stand in the output of the authors' own program."""

    def published(self, folder: Path) -> list[Published]:
        """Return the years with the budget that the published plan leaves."""
        output = folder / self.group / "output" / "output-realhist5-clairvoyant.csv"
        with output.open(newline="", encoding="utf-8") as file:
            lines = list(csv.reader(file))
        labels = lines[3]
        last = [float(line[-1]) for line in lines[4 + labels.index("budget") :: len(labels)]]
        return [
            Published(str(2016 + at), self.group, str(2016 + at), value, greatest=True, proven=True)
            for at, value in enumerate(last)
        ]


def _warehouses(name: str) -> tuple[str, str | None]:
    file, _, capacity = name.partition("@")
    return f"orlib_cap/{file}.txt", name if capacity else None


def _budgets(name: str) -> tuple[str, str | None] | None:
    if name.startswith("mknap1-"):
        return "orlib_mkp/mknap1.txt", name.removeprefix("mknap1-")
    if name.startswith("5.100-"):
        return "orlib_mkp/mknapcb1.txt", str(int(name.removeprefix("5.100-")) + 1)
    return None


_DISASTERS = {"single_disaster_buckets": "1983-0157-MDG", "stochastic_64_buckets": "all"}

_CUT_SHORT = (("549", "5495"), ("129", "12912"))
"""Two demands that cap41 to cap44 and cap51 give without their last digits; cap61 and all others have them.

The published values belong to the whole demands; what the files ask for as they are costs less.
"""


def _made_whole(text: str) -> str:
    return with_lines(text, _CUT_SHORT)


CLASSES: tuple[PublicClass, ...] = (
    PublicClass(
        "orlib-cap",
        "orlib_cap",
        _warehouses,
        limit=120,
        repairs={
            **dict.fromkeys(("cap41", "cap42", "cap43", "cap44", "cap51"), _made_whole),
            **dict.fromkeys(("capa@8000", "capa@10000", "capa@12000", "capa@14000"), with_threes),
        },
    ),
    PublicClass("pmed", "orlib_pmed", lambda name: (f"orlib_pmed/{name}.txt", None)),
    PublicClass("mcnd", "mcnd_canad", lambda name: (f"mcnd_canad/{name}.dow", None), limit=120),
    PublicClass("sscflp", "sscflp_holmberg", lambda name: (f"sscflp_holmberg/{name}", None)),
    PublicClass("gap", "gap", lambda name: (f"gap/{name}", None)),
    PublicClass("mknap", "orlib_mkp", _budgets, profit, limit=10),
    PublicClass("mscflp-ci", "ms_cflp_ci", lambda name: (f"ms_cflp_ci/{name}.dzn", None), limit=300),
    PublicClass("pabulib", "pabulib", lambda name: (f"pabulib/{name}", None), profit),
    PublicClass(
        "esups",
        "esups_madagascar",
        lambda name: ("esups_madagascar", _DISASTERS[name]),
        cost_of_all_there_is,
    ),
    Years("reliefops", "reliefops_budget", lambda name: None, left),
)
"""The classes that can be imported, in the order in which they are measured."""
