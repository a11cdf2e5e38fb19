"""Reading and writing missions: a folder, a workbook or a JSON file, told apart by their path."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from pklogistics.errors import MissionError, PklogisticsError, Problem
from pklogistics.instance.beside import beside
from pklogistics.instance.document import read_json, write_json
from pklogistics.instance.folder import HEADER, is_mission_folder, read_folder, write_folder
from pklogistics.instance.grid import Document
from pklogistics.instance.mission import Mission
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.schema import TABLES
from pklogistics.instance.texts import fold
from pklogistics.instance.validation import check_document


def _read_workbook(path: Path) -> Document:
    from pklogistics.instance.workbook import (
        read_workbook,  # openpyxl is slow to load: only who needs it waits.
    )

    return read_workbook(path)


def _write_workbook(mission: Mission, path: Path) -> None:
    from pklogistics.instance.workbook import write_workbook

    write_workbook(mission, path)


WRITERS = {".xlsx": _write_workbook, ".json": write_json, "": write_folder}
READERS = {".xlsx": _read_workbook, ".json": read_json}


def read(path: str | os.PathLike[str]) -> Mission:
    """Read a mission from a folder, a workbook (``.xlsx``) or a JSON file, and check it.

    Raises
    ------
    MissionError
        With every problem found, worded by file, row, column and value.
    """
    return Mission.of(check_document(_document(Path(path))))


def validate(path: str | os.PathLike[str]) -> tuple[Problem, ...]:
    """Return every problem of a mission's files, errors and warnings; none if there is nothing to say."""
    try:
        document = _document(Path(path))
    except MissionError as error:
        return error.problems
    findings = check_document(document).findings
    return (*findings.errors, *findings.warnings)


def write(mission: Mission, path: str | os.PathLike[str], overwrite: bool = False) -> None:
    """Write a mission as a workbook (``.xlsx``), a JSON file (``.json``) or a folder (no suffix).

    It is written beside the place and renamed, so nothing is ever half written.

    Parameters
    ----------
    overwrite
        Whether to replace what is there. A folder is replaced only if it holds a mission, and files in it
        that are no part of a mission are kept.

    Raises
    ------
    PklogisticsError
        If the place is taken or cannot be written.
    """
    write_by(path, overwrite, lambda suffix, fresh: WRITERS[suffix](mission, fresh))


def write_by(path: str | os.PathLike[str], overwrite: bool, writer: Callable[[str, Path], None]) -> None:
    """Let ``writer(suffix, place)`` write a mission beside its place, and rename it; see `write`."""
    target = Path(path).absolute()
    suffix = _suffix(target)
    if not suffix and not target.is_dir() and target.suffix[1:].isalpha():
        raise PklogisticsError(f"{path}: a mission is written as a folder (no suffix), .xlsx or .json")
    _check_place(target, overwrite)
    try:
        with beside(target) as fresh:
            writer(suffix, fresh)
            if target.is_dir():
                _keep_other_files(target, fresh)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PklogisticsError(f"{path} could not be written: {reason}; nothing was changed") from error


def _suffix(target: Path) -> str:
    return "" if target.is_dir() or target.suffix.lower() not in WRITERS else target.suffix.lower()


def _document(path: Path) -> Document:
    if path.name == HEADER and path.is_file():
        path = path.parent
    try:
        if path.is_dir():
            return read_folder(path)
        if not path.exists():
            raise MissionError([_about(path, f"does not exist{_near(path)}")])
        reader = READERS.get(path.suffix.lower())
        if reader is None:
            message = f"is no mission; expected a folder with {HEADER}, or a file .xlsx or .json"
            raise MissionError([_about(path, message)])
        return reader(path)
    except OSError as error:
        raise MissionError([_about(path, f"cannot be read: {error.strerror or error}")]) from error


def _about(path: Path, message: str) -> Problem:
    return Problem("error", str(path), None, None, None, message)


def _near(path: Path) -> str:
    try:
        return did_you_mean(path.name, [p.name for p in path.parent.iterdir()])
    except OSError:
        return ""


def _check_place(target: Path, overwrite: bool) -> None:
    if not target.parent.is_dir():
        raise PklogisticsError(f"{target.parent} is not a folder; make it first")
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not overwrite:
        raise PklogisticsError(f"{target} is there already; choose another place, or overwrite it")
    if target.is_dir() and not is_mission_folder(target):
        raise PklogisticsError(
            f"{target} is a folder without {HEADER}; it is not overwritten, choose another place"
        )


def _keep_other_files(old: Path, fresh: Path) -> None:
    """Copy what is no part of a mission into the folder that takes the place of the old one."""
    for entry in old.iterdir():
        is_table = entry.suffix.lower() == ".csv" and fold(entry.stem) in TABLES
        if is_table or entry.name == HEADER:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)
