"""The verb ``validate``: is a mission whole, and does it hold together?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pklogistics.cli.arguments import AsJson, MissionPath, Quiet, require
from pklogistics.cli.codes import DONE, NO
from pklogistics.cli.output import MOST_PROBLEMS, Output, counted, problem_record
from pklogistics.errors import MissionError, Problem

if TYPE_CHECKING:
    from pklogistics.instance import Mission


def validate(mission: MissionPath, as_json: AsJson = False, quiet: Quiet = False) -> int:
    """Tell every problem of a mission's tables, by file, row and column."""
    out = Output(as_json=as_json, quiet=quiet)
    instance, problems = _read(require(mission), out)
    out.answer({"ok": instance is not None, "problems": [problem_record(problem) for problem in problems]})
    for problem in problems[:MOST_PROBLEMS]:
        out.tell(f"{problem.severity}: {problem}", _STYLES[problem.severity])
    if len(problems) > MOST_PROBLEMS:
        out.tell(f"and {len(problems) - MOST_PROBLEMS:,} more", "dim")
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = counted(len(problems) - errors, "warning")
    if instance is None:
        out.tell(f"The mission is not valid: {counted(errors, 'error')}, {warnings}.", "bold red")
        return NO
    if out.for_people:
        from pklogistics.report.reading import what_was_read

        out.show(what_was_read(instance))
    out.tell(f"The mission {instance.header.name} is valid ({warnings}).", "green")
    return DONE


_STYLES = {"error": "red", "warning": "yellow"}


def _read(path: Path, out: Output) -> tuple[Mission | None, tuple[Problem, ...]]:
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.instance import read

    try:
        with ProgressLine(out, "read"):
            instance = read(path)
    except MissionError as error:
        return None, error.problems
    return instance, instance.warnings
