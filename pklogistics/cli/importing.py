"""The verb ``import``: a file of a public format becomes a mission."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pklogistics.cli.arguments import (
    AsJson,
    Mapping,
    Overwrite,
    Quiet,
    Rows,
    Settings,
    Sheet,
    Tags,
    WrongUseError,
    pairs_set,
    refuse_taken,
    require,
)
from pklogistics.cli.codes import DONE
from pklogistics.cli.importing_hxl import SHEETS, import_sheet, list_settings
from pklogistics.cli.output import Output, counted
from pklogistics.exchange import FORMATS

LISTED = "; ".join(f"{name}: {what}" for name, what in {**SHEETS, **FORMATS}.items())


def import_file(
    format_name: Annotated[str, typer.Argument(metavar="FORMAT", help=f"{LISTED}.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to read; a folder where the format is one.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="MISSION", help="Where to write: a folder, .xlsx or .json."),
    ] = None,
    instance: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which instance, where the file holds several.")
    ] = None,
    setting: Settings = None,
    list_only: Annotated[
        bool, typer.Option("--list", help="Tell the file's instances and what may be set; write nothing.")
    ] = False,
    mission_path: Annotated[
        Path | None,
        typer.Option("--mission", metavar="M", help="hxl-4w, hxl-needs: the mission that the sheet adds to."),
    ] = None,
    tags: Tags = None,
    mapping: Mapping = None,
    rows: Rows = None,
    sheet: Sheet = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Read a file of a public format and write it as a mission.

    The mission is an ordinary one: validate, solve and check it like any other. Humanitarian sheets (hxl-…)
    add to a mission by their hashtags; whatever they leave open is assumed and told.
    """
    out = Output(as_json=as_json, quiet=quiet)
    settings = pairs_set(setting or [])
    given = {"tags": tags or [], "mapping": mapping or [], "rows": rows or [], "sheet": sheet}
    if format_name in SHEETS:
        if list_only:
            return list_settings(file, out)
        if instance is not None:
            raise WrongUseError(f"{format_name} has no instances: leave out --instance")
        place = _told(output or mission_path)
        require(file)
        if place != mission_path:
            refuse_taken(place, overwrite)
        return import_sheet(format_name, file, mission_path, place, settings, given, out)
    if mission_path is not None or any(each not in ([], None) for each in given.values()):
        raise WrongUseError(f"--mission, --tags, --map, --rows and --sheet are for {' and '.join(SHEETS)}")
    if list_only:
        return _list(format_name, file, settings, out)
    place = _told(output)
    if format_name in FORMATS:  # An unknown format is told first, whatever else is wrong.
        require(file)
        refuse_taken(place, overwrite)
    return _import(format_name, file, place, instance, settings, overwrite, out)


def _told(place: Path | None) -> Path:
    """Return where to write the mission, which must have been said."""
    if place is None:
        raise WrongUseError("say where to write the mission: -o MISSION")
    return place


def _import(
    format_name: str,
    file: Path,
    output: Path,
    instance: str | None,
    settings: dict[str, str],
    overwrite: bool,
    out: Output,
) -> int:
    """Read a file that is a mission of its own, and write that."""
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.exchange import import_mission
    from pklogistics.instance import write

    with ProgressLine(out, "read") as line:
        mission = import_mission(format_name, file, instance, settings)
        line.phase("write")
        write(mission, output, overwrite=overwrite)
    out.warn(mission.warnings)
    out.say(f"mission written to {output}")
    out.answer({"ok": True, "mission": mission.header.name, "source": str(file), "target": str(output)})
    return DONE


def _list(format_name: str, file: Path, settings: dict[str, str], out: Output) -> int:
    from pklogistics.exchange import instances, settings_of

    may_be_set = settings_of(format_name)
    names = instances(format_name, require(file), settings)
    out.answer(
        {
            "ok": True,
            "source": str(file),
            "instances": list(names),
            "settings": {
                name: {"default": each.default, "meaning": each.meaning} for name, each in may_be_set.items()
            },
        }
    )
    out.tell(f"{file} holds {counted(len(names), 'instance')}: {', '.join(names)}")
    for name, each in may_be_set.items():
        out.tell(f"--set {name}={settings.get(name, each.default)}  {each.meaning}")
    return DONE
