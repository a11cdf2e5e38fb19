"""Writing a template where the user wants it."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from pklogistics.instance.files import WRITERS, write_by
from pklogistics.starter.guide import write_folder_guide
from pklogistics.starter.mission import Starter
from pklogistics.starter.workbook import write_template


def write_starter(starter: Starter, path: str | os.PathLike[str], overwrite: bool = False) -> None:
    """Write a template as a workbook with notes and lists, a folder with a guide, or a JSON file.

    Raises
    ------
    PklogisticsError
        If the place is taken or cannot be written.
    """
    write_by(path, overwrite, partial(_write, starter))


def _write(starter: Starter, suffix: str, place: Path) -> None:
    if suffix == ".xlsx":
        write_template(starter, place)
        return
    WRITERS[suffix](starter.mission, place)
    if not suffix:
        write_folder_guide(starter, place)
