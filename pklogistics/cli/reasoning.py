"""What `solve` and `report` tell beside a plan: its reasons and the rule of thumb.

Both are told where they can be, and a plan or a page never fails for want of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pklogistics.cli.output import Output
from pklogistics.errors import PklogisticsError

if TYPE_CHECKING:
    from pklogistics.explain import Explanation
    from pklogistics.instance import Mission
    from pklogistics.plan import Plan

_SHARE, _LEAST, _ENOUGH = 0.25, 2.0, 20.0
"""Share of the time limit that may go into explaining a plan, the least of it in seconds, and what is enough
where the search took less: a search that is over at once leaves a plan whose reasons are worth a moment."""


@dataclass(frozen=True)
class Thumb:
    """What the rule of thumb would do: its plan, or why there is none to compare with.

    Attributes
    ----------
    plan : None if it was not looked for, or failed; it may be one that was not found
    missing : why nothing can be compared; empty if something can
    """

    plan: Plan | None = None
    missing: str = ""


LEFT_OUT = Thumb(missing="it is left out with --quiet, where no --report is asked for")


def seconds_for_reasons(time_limit: float | None, searched: float) -> float:
    """Return the seconds for explaining a plan, of the limit of its search and the seconds that it took."""
    promised = _ENOUGH if time_limit is None else min(_ENOUGH, _SHARE * time_limit)
    return max(_LEAST, _SHARE * searched, promised)


def explained_in_part(
    mission: Mission, plan: Plan, out: Output, time_limit: float | None
) -> tuple[Plan, Explanation | None]:
    """Return the plan with the reasons of its shortfalls, and its explanation, made in a part of the time.

    A plan that breaks rules, or whose search was interrupted, is left as it is.
    """
    from pklogistics.explain.shortfalls.reasons import with_reasons

    if not plan.found or plan.stopped == "interrupted" or plan.violations:
        return plan, None
    began, found, interrupted = time.perf_counter(), None, False
    try:
        found = explanation_of(mission, plan, out, seconds_for_reasons(time_limit, plan.seconds["solve"]))
        interrupted = found is not None and found.interrupted
    except KeyboardInterrupt:  # The plan is there, and is not lost for want of reasons.
        interrupted = True
    if interrupted:
        plan = replace(plan, stopped="interrupted")
    plan = _timed(plan, "explain", time.perf_counter() - began)
    return (plan, None) if found is None else (with_reasons(plan, found.shortfalls), found)


def with_thumb(mission: Mission, plan: Plan, out: Output) -> tuple[Plan, Thumb]:
    """Return the plan with the time that the rule of thumb took, and what `thumb_beside` returns."""
    if not plan.found:
        return plan, Thumb(missing="there is no plan to hold against it")
    if plan.stopped == "interrupted":
        return plan, Thumb(missing="it was interrupted")
    began = time.perf_counter()
    try:
        thumb = thumb_beside(mission, out)
    except KeyboardInterrupt:
        plan, thumb = replace(plan, stopped="interrupted"), Thumb(missing="it was interrupted")
    return _timed(plan, "rule_of_thumb", time.perf_counter() - began), thumb


def _timed(plan: Plan, phase: str, seconds: float) -> Plan:
    """Return the plan with the seconds of one more phase, which the total counts, too."""
    total = plan.seconds["total"] + seconds
    phases = {name: spent for name, spent in plan.seconds.items() if name != "total"}
    return replace(plan, seconds={**phases, phase: seconds, "total": total})


def explanation_of(mission: Mission, plan: Plan, out: Output, seconds: float) -> Explanation | None:
    """Return why a plan is as it is, as far as can be told in time; None, with a message, if it cannot."""
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.explain import explain

    with ProgressLine(out, "explain"):
        try:
            return explain(mission, plan, time_limit=seconds)
        except Exception as error:  # Whatever goes wrong with reasons, the plan stands, and is shown.
            out.say(f"no reasons are told: {_words(error)}", "yellow")
            return None


def thumb_beside(mission: Mission, out: Output) -> Thumb:
    """Return what the rule of thumb would do, or why that cannot be told, which is said."""
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.explain.thumb import rule_of_thumb
    from pklogistics.report.against import why_none

    with ProgressLine(out, "rule of thumb"):
        try:
            made = rule_of_thumb(mission)
        except Exception as error:  # As above: a comparison is no reason to lose what is compared.
            out.say(f"the rule of thumb is not told: {_words(error)}", "yellow")
            return Thumb(missing=_words(error))
    return Thumb(made, why_none(made))


def _words(error: Exception) -> str:
    own = isinstance(error, PklogisticsError)
    return str(error) if own else f"a fault of pklogistics itself, {type(error).__name__}: {error}"
