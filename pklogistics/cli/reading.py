"""Mission and plan together, as the verbs that hold one against the other read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pklogistics.cli.arguments import require
from pklogistics.cli.output import Output

if TYPE_CHECKING:
    from pklogistics.instance import Mission
    from pklogistics.plan import Plan


def read_both(mission: Path, plan: Path, changes: list[str] | None, out: Output) -> tuple[Mission, Plan]:
    """Return a mission with its changes, and a plan; tell what is doubtful, and whether they fit."""
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.instance import read
    from pklogistics.instance.changes import changed
    from pklogistics.plan.changes import changes_missed

    require(mission)
    require(plan)
    with ProgressLine(out, "read"):
        instance = changed(read(mission), changes or [])
    decided = read_plan(plan, out)
    out.warn(instance.warnings)
    if decided.mission != instance.header.name:
        out.say(f"the plan is for the mission {decided.mission!r}, not {instance.header.name!r}", "yellow")
    if missed := changes_missed(decided, instance):
        out.say(missed, "yellow")
    return instance, decided


def read_plan(path: Path, out: Output) -> Plan:
    """Return a plan, and tell if what proves its bounds is damaged: nothing else hangs on that."""
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.plan import Plan
    from pklogistics.plan.certificate import Damaged

    with ProgressLine(out, "read"):
        plan = Plan.load(require(path))
    if isinstance(plan.certificate, Damaged):
        out.say(
            f"{plan.certificate}; its bounds are what it says of them, and all else can be used", "yellow"
        )
    return plan
