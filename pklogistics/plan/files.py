"""Plans on disk: which container a path means, and what may be replaced."""

from __future__ import annotations

from pathlib import Path

from pklogistics.errors import NoPlanError, PlanError
from pklogistics.plan.folder import is_plan_folder, read_folder, write_folder
from pklogistics.plan.plan import NOTHING_FOUND, Plan
from pklogistics.plan.whole import written_whole

WORKBOOK = ".xlsx"
_FOREIGN = (".json", ".csv", ".xls", ".xlsm", ".ods", ".zip", ".html", ".txt", ".toml")


def save(plan: Plan, path: Path, *, overwrite: bool = False) -> None:
    """Write a plan whole or not at all; see `Plan.save`."""
    if not plan.found:
        raise NoPlanError(NOTHING_FOUND)
    refuse_place(path, overwrite=overwrite)
    try:
        with written_whole(path) as fresh:
            if _is_workbook(path):
                from pklogistics.plan.workbook import write_workbook

                write_workbook(plan, fresh)
            else:
                write_folder(plan, fresh)
    except OSError as error:
        raise PlanError(f"the plan cannot be written to {path}: {error.strerror or error}") from error
    except UnicodeEncodeError as error:
        raise PlanError(f"the plan cannot be written: it holds text that is not Unicode ({error})") from None


def load(path: Path) -> Plan:
    """Read a plan; see `Plan.load`."""
    try:
        if path.is_dir():
            return read_folder(path)
        if path.is_file() and _is_workbook(path):
            from pklogistics.plan.workbook import read_workbook

            return read_workbook(path)
    except OSError as error:
        raise PlanError(f"the plan {path} cannot be read: {error.strerror or error}") from error
    if path.exists():
        raise PlanError(f"{path} is not a plan: give a folder or a workbook (.xlsx)")
    raise PlanError(f"there is no plan at {path}")


def refuse_place(path: Path, *, overwrite: bool = False) -> None:
    """Raise `PlanError` if a plan may not be written to ``path``, before time is spent on making one.

    A plan is written where nothing is, into an empty folder or, with ``overwrite``, over a plan.
    """
    if not path.name and not path.resolve().name:
        raise PlanError(f"a plan cannot be written to {path}")
    if path.suffix.lower() in _FOREIGN:
        raise PlanError(f"a plan is a folder or a workbook (.xlsx), not {path.suffix}: {path}")
    if path.resolve() == Path.cwd().resolve() or path.resolve() in Path.cwd().resolve().parents:
        raise PlanError(f"a plan cannot take the place of the folder you are in: name a new folder in {path}")
    taken = next(
        (folder for folder in path.resolve().parents if folder.exists() and not folder.is_dir()), None
    )
    if taken is not None:
        raise PlanError(f"the plan cannot be written to {path}: {taken} is a file")
    if not path.exists() or (path.is_dir() and not _is_workbook(path) and not any(path.iterdir())):
        return
    if not _holds_plan(path):
        raise PlanError(f"{path} exists and is not a plan: it is left as it is; name another place")
    if not overwrite:
        raise PlanError(f"{path} exists: name another place, or allow to overwrite it")


def _holds_plan(path: Path) -> bool:
    if not _is_workbook(path):
        return path.is_dir() and is_plan_folder(path)
    from pklogistics.plan.workbook import is_plan_workbook

    return path.is_file() and is_plan_workbook(path)


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() == WORKBOOK
