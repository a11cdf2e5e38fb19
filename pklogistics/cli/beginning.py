"""The verb ``new``: a template to fill, as a workbook or a folder."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pklogistics.cli.arguments import AsJson, Overwrite, Quiet, refuse_taken
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output


class Profile(StrEnum):
    """Types of peace operations."""

    traditional = "traditional"
    multidimensional = "multidimensional"
    robust = "robust"
    preventive = "preventive"


def new(
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="Where to write it: .xlsx, a folder or .json.")
    ],
    profile: Annotated[
        Profile | None,
        typer.Option(
            help="Activities, floors, units and policy of a type of peace operation, each explained."
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--with",
            metavar="NAMES",
            help="Besides the five required tables only these, with commas between: families (coordination,"
            " funding, force, supplies, needs) or tables. Left out: every table.",
        ),
    ] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Write a template to fill: every table with its columns explained, and an example that solves.

    In a workbook, names and choices are picked from lists.
    """
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.starter import new as started
    from pklogistics.starter import write_starter

    out = Output(as_json=as_json, quiet=quiet)
    refuse_taken(target, overwrite)
    tables = None if only is None else [name.strip() for name in only.split(",") if name.strip()]
    with ProgressLine(out, "write"):
        starter = started(None if profile is None else profile.value, tables)
        write_starter(starter, target, overwrite=overwrite)
    names = list(starter.mission.tables)
    out.say(f"template written to {target}, with {'every table' if tables is None else ', '.join(names)}")
    out.say(f"fill it, then: pklogistics validate {target}; pklogistics solve {target} -o plan.xlsx")
    out.answer({"ok": True, "mission": starter.mission.header.name, "target": str(target), "tables": names})
    return DONE
