"""The verb ``convert``: the same mission in another container, without loss."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from pklogistics.cli.arguments import AsJson, MissionPath, Overwrite, Quiet, refuse_taken, require
from pklogistics.cli.codes import DONE
from pklogistics.cli.output import Output
from pklogistics.errors import PklogisticsError

if TYPE_CHECKING:
    from pklogistics.instance import Mission


def convert(
    mission: MissionPath,
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="Where to write it: a folder, .xlsx or .json.")
    ],
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Write a mission in another container, without loss.

    The containers are a folder of CSV files, a workbook and a JSON file.
    """
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.instance import read, write

    out = Output(as_json=as_json, quiet=quiet)
    require(mission)
    refuse_taken(target, overwrite)
    with ProgressLine(out, "read") as line:
        instance = read(mission)
        line.phase("try")
        _refuse_loss(instance, target)
        line.phase("write")
        write(instance, target, overwrite=overwrite)
    out.warn(instance.warnings)
    out.say(f"mission written to {target}")
    out.answer({"ok": True, "mission": instance.header.name, "source": str(mission), "target": str(target)})
    return DONE


def _refuse_loss(instance: Mission, target: Path) -> None:
    """Raise an error if the mission does not read back from such a container as it is."""
    from pklogistics.instance import read, write

    try:
        with TemporaryDirectory(prefix=".pklogistics-", dir=target.absolute().parent) as folder:
            trial = Path(folder) / target.name
            write(instance, trial)
            same = read(trial) == instance
    except (OSError, PklogisticsError) as failed:
        error = failed if isinstance(failed, OSError) else failed.__cause__
        if not isinstance(error, OSError):
            raise
        raise PklogisticsError(f"{target} could not be written: {error.strerror or error}") from error
    if not same:
        raise PklogisticsError(f"{target} would not hold the mission without loss: choose another container")
