"""Arguments and options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pklogistics.errors import PklogisticsError

MissionPath = Annotated[
    Path, typer.Argument(metavar="MISSION", help="A mission: folder with mission.toml, .xlsx or .json.")
]
PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan: folder with plan.json, or .xlsx.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON object on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors; the exit code tells.")]


class WrongUseError(PklogisticsError):
    """The command line does not make sense."""


def require(path: Path) -> Path:
    """Return a path that exists; raises `WrongUseError`."""
    if not path.exists():
        raise WrongUseError(f"there is nothing at {path}")
    return path
