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
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="CHANGE",
        help="What if: change a number first: funds.CERF.amount=+1e6, funds.*.amount=*1.05. May be repeated.",
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a mission that is there.")]


Tags = Annotated[
    list[str] | None,
    typer.Option(
        metavar="'HEADER=#tag, …'",
        help="For humanitarian sheets: hashtags where the sheet has none, or a file of such lines.",
    ),
]
Mapping = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="'NAME=KEY, …'",
        help=(
            "For humanitarian sheets: names of the sheet (places, sectors, activities, organisations) and the"
            " mission's keys for them."
        ),
    ),
]
Rows = Annotated[
    list[str] | None,
    typer.Option(metavar="'#tag=value'", help="For humanitarian sheets: only rows that meet this."),
]
Sheet = Annotated[
    int | None, typer.Option(metavar="N", help="For humanitarian sheets: which sheet of a workbook.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="What the file leaves open; may be said more than once."
    ),
]


class WrongUseError(PklogisticsError):
    """The command line does not make sense."""


def refuse_taken(target: Path, overwrite: bool) -> None:
    """Refuse a place for a mission that cannot be written to; raises `WrongUseError`."""
    empty = target.is_dir() and not any(target.iterdir())
    if target.exists() and not overwrite and not empty:
        raise WrongUseError(f"{target} is there already: choose another place, or say --overwrite")
    if not target.absolute().parent.is_dir():
        raise WrongUseError(f"{target.parent} is not a folder: make it first")


def require(path: Path) -> Path:
    """Return a path that exists; raises `WrongUseError`."""
    if not path.exists():
        raise WrongUseError(f"there is nothing at {path}")
    return path


def pairs_set(given: list[str]) -> dict[str, str]:
    """Return what ``--set NAME=VALUE`` says by name; raises `WrongUseError`."""
    settings: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise WrongUseError(f"--set {each} has no value: write --set NAME=VALUE")
        if name in settings:
            raise WrongUseError(f"--set {name} is said twice")
        settings[name] = value
    return settings
