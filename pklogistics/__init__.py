"""Moves money, troops and supplies where they serve most, and proves how well.

>>> import pklogistics
>>> mission = pklogistics.read("instances/unoci-2011")  # doctest: +SKIP
>>> plan = pklogistics.solve(mission, time_limit=60)  # doctest: +SKIP
>>> plan.save("plan")  # doctest: +SKIP

Everything public is loaded when it is first used, because importing the package alone (as every solver
process does, and every wrong command) must not cost the second that OR-Tools and pandas take.
"""

from __future__ import annotations

import sys
from importlib import import_module
from os import PathLike
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pklogistics.check import Report, Violation, check
    from pklogistics.errors import (
        MissionError,
        NoPlanError,
        OptionsError,
        PklogisticsError,
        PlanError,
        Problem,
        SolverError,
    )
    from pklogistics.exchange import FormatError, import_mission
    from pklogistics.exchange.geojson import export_geojson, geojson
    from pklogistics.exchange.hxl import Imported, SheetOptions, SheetSettings, import_4w, import_needs
    from pklogistics.exchange.hxl.export import export_4w
    from pklogistics.exchange.hxl.overlaps import sheet_overlaps
    from pklogistics.explain import Explanation, explain
    from pklogistics.explain.thumb import rule_of_thumb
    from pklogistics.instance import Mission, changed, read, schema, validate, write
    from pklogistics.instance.duplication import Duplication, duplication
    from pklogistics.instance.generate import generate
    from pklogistics.pipeline import solve
    from pklogistics.plan import Plan, TierResult
    from pklogistics.report import report
    from pklogistics.report.comparison import comparison
    from pklogistics.solve import Options, Progress
    from pklogistics.starter import new, write_starter

__version__ = "0.1.0"

__all__ = [
    "Duplication",
    "Explanation",
    "FormatError",
    "Imported",
    "Mission",
    "MissionError",
    "NoPlanError",
    "Options",
    "OptionsError",
    "PklogisticsError",
    "Plan",
    "PlanError",
    "Problem",
    "Progress",
    "Report",
    "SheetOptions",
    "SheetSettings",
    "SolverError",
    "TierResult",
    "Violation",
    "__version__",
    "changed",
    "check",
    "comparison",
    "duplication",
    "explain",
    "export_4w",
    "export_geojson",
    "generate",
    "geojson",
    "import_4w",
    "import_mission",
    "import_needs",
    "new",
    "read",
    "report",
    "rule_of_thumb",
    "schema",
    "sheet_overlaps",
    "solve",
    "validate",
    "write",
    "write_starter",
]

_HOMES = {
    "pklogistics.check": ("Report", "Violation"),
    "pklogistics.errors": (
        *("MissionError", "NoPlanError", "OptionsError", "PklogisticsError", "PlanError", "Problem"),
        "SolverError",
    ),
    "pklogistics.exchange": ("FormatError", "import_mission"),
    "pklogistics.exchange.geojson": ("export_geojson", "geojson"),
    "pklogistics.exchange.hxl": (
        *("Imported", "SheetOptions", "SheetSettings", "import_4w", "import_needs"),
    ),
    "pklogistics.exchange.hxl.export": ("export_4w",),
    "pklogistics.exchange.hxl.overlaps": ("sheet_overlaps",),
    "pklogistics.explain": ("Explanation",),
    "pklogistics.explain.thumb": ("rule_of_thumb",),
    "pklogistics.instance": ("Mission", "changed", "read", "schema", "validate", "write"),
    "pklogistics.instance.duplication": ("Duplication", "duplication"),
    "pklogistics.instance.generate": ("generate",),
    "pklogistics.plan": ("Plan", "TierResult"),
    "pklogistics.report.comparison": ("comparison",),
    "pklogistics.solve": ("Options", "Progress"),
    "pklogistics.starter": ("new", "write_starter"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

_VERBS = {
    "check": "pklogistics.check",
    "explain": "pklogistics.explain",
    "report": "pklogistics.report",
    "solve": "pklogistics.pipeline",
}
"""Functions that are called as the room (sub-package) they live in or stand for, and their modules."""


class _Verb(ModuleType):
    """A room that is also a function: ``pklogistics.solve(mission)`` works, whoever imported what before.

    Python binds a sub-package to its name in the package as soon as anything imports it, so the function
    cannot simply take that name.
    """

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from pklogistics.errors import OptionsError

        name = self.__name__.rpartition(".")[2]
        if [type(argument).__name__ for argument in arguments[:2]] == ["Plan", "Mission"]:
            raise OptionsError(f"{name} takes the mission first, and then the plan")
        for argument, reader in zip(arguments, ("read", "Plan.load"), strict=False):
            if isinstance(argument, (str, PathLike)):
                raise OptionsError(
                    f"{name} takes what was read, not where it lies ({str(argument)!r}):"
                    f" use pklogistics.{reader}({str(argument)!r}) first"
                )
        return getattr(import_module(_VERBS[name]), name)(*arguments, **options)


class _Library(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        if name in _VERBS and type(value) is ModuleType:
            value.__class__ = _Verb
        super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


sys.modules[__name__].__class__ = _Library
