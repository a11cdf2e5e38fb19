"""The verb ``generate``: a made-up mission of any size, the same for the same options on any machine."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pklogistics.cli.arguments import AsJson, Overwrite, Quiet, refuse_taken
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output


class Geography(StrEnum):
    """Where settlements stand."""

    clustered = "clustered"
    uniform = "uniform"


def _size(default: int, what: str) -> Any:
    return typer.Option(metavar="N", help=f"{what} [{default}]", show_default=False)


def generate(
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="Where to write it: a folder, .xlsx or .json.")
    ],
    sites: Annotated[int, typer.Option(metavar="N", help="Settlements.")],
    seed: Annotated[int, _size(0, "Another seed, another country.")] = 0,
    periods: Annotated[int, _size(1, "Periods.")] = 1,
    organisations: Annotated[int, _size(12, "Organisations.")] = 12,
    activities: Annotated[int, _size(5, "Activities.")] = 5,
    commodities: Annotated[int, _size(6, "Goods; 0: no rules of supplies.")] = 6,
    depots: Annotated[int, _size(4, "Depots; 0: no rules of supplies.")] = 4,
    funds: Annotated[int, _size(8, "Funds; 0: no rules of money.")] = 8,
    units: Annotated[int, _size(3, "Kinds of units; 0: no rules of the force.")] = 3,
    tightness: Annotated[
        float,
        typer.Option(
            metavar="X", help="Part of the money that is missing, 0 to 1. [0.5]", show_default=False
        ),
    ] = 0.5,
    geography: Annotated[
        Geography, typer.Option(help="Villages round towns, or anywhere. [clustered]", show_default=False)
    ] = Geography.clustered,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Make up a whole mission of any size: people, threat, organisations, money, troops and supplies.

    The same options give the same mission on any machine. Everything in it is invented.
    """
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.instance import write
    from pklogistics.instance.generate import generate as generated

    out = Output(as_json=as_json, quiet=quiet)
    refuse_taken(target, overwrite)
    sizes = {
        "periods": periods,
        "organisations": organisations,
        "activities": activities,
        "commodities": commodities,
        "depots": depots,
        "funds": funds,
        "units": units,
    }
    with ProgressLine(out, "generate") as line:
        mission = generated(sites, seed, **sizes, tightness=tightness, geography=geography.value)
        line.phase("write")
        write(mission, target, overwrite=overwrite)
    rows = {name: len(table) for name, table in mission.tables.items()}
    out.say(f"mission written to {target}: {', '.join(f'{name} {n:,}' for name, n in rows.items())}")
    out.answer({"ok": True, "mission": mission.header.name, "target": str(target), "rows": rows})
    return DONE
