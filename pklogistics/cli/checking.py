"""The verb ``check``: does a plan keep every rule of its mission?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pklogistics.cli.arguments import AsJson, Changes, MissionPath, PlanPath, Quiet
from pklogistics.cli.codes import DONE, INTERRUPTED, NO
from pklogistics.cli.output import Output
from pklogistics.cli.reading import read_both

if TYPE_CHECKING:
    from collections.abc import Callable

    from pklogistics.check import Report
    from pklogistics.explain.results import Proof
    from pklogistics.instance import Mission
    from pklogistics.plan import Plan


def check(
    mission: MissionPath,
    plan: PlanPath,
    bound: Annotated[
        bool,
        typer.Option(
            "--bound", help="Prove anew how good it is: from the prices in the plan, or from new ones."
        ),
    ] = False,
    time_limit: Annotated[
        float,
        typer.Option(min=0, metavar="S", help="Seconds for --bound in all; what is proven by then is told."),
    ] = 180.0,
    changes: Changes = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Tell whether a plan keeps every rule, and every number adds up.

    All is recomputed from the tables of mission and plan alone. Ctrl-C ends --bound with what is proven.
    """
    from pklogistics.check import check as checked
    from pklogistics.cli.progress import ProgressLine
    from pklogistics.report.verdict import verdict

    out = Output(as_json=as_json, quiet=quiet)
    instance, decided = read_both(mission, plan, changes, out)
    with ProgressLine(out, "check") as line:
        found = checked(instance, decided)
        proofs = _proofs(instance, decided, found, line.phase, time_limit) if bound else ()
    out.show(verdict(decided, found))
    if bound:
        from pklogistics.report.proofs import proven

        out.show("", proven(decided, proofs))
    record = _record(decided, found)
    out.answer({**record, "bound": [_proof(proof) for proof in proofs]} if bound else record)
    if any(proof.interrupted for proof in proofs):
        return INTERRUPTED
    return DONE if found.ok else NO


def _proofs(
    mission: Mission, plan: Plan, found: Report, phase: Callable[[str], None], seconds: float
) -> tuple[Proof, ...]:
    """Return what is proven; nothing of a plan that breaks rules, for its values mean nothing."""
    from pklogistics.explain.certificate import prove

    if not found.ok or not plan.found:
        return ()
    phase("bound")
    return prove(mission, plan, seconds=seconds)


def _proof(proof: Proof) -> dict[str, Any]:
    from pklogistics.plan.record import finite

    numbers = ("value", "reported", "proven", "gap", "rest")
    told = ("tier", "by", "prices", "parts", "finished", "interrupted", "note", "held_at")
    return {
        **{name: getattr(proof, name) for name in told},
        **{name: finite(getattr(proof, name)) for name in numbers},
    }


def _record(plan: Plan, found: Report) -> dict[str, Any]:
    reported = {tier.name: tier.value for tier in plan.tiers}
    return {
        "ok": found.ok,
        "mission": plan.mission,
        "changes": list(plan.changes),
        "violations": [violation.to_dict() for violation in found.violations],
        "tiers": [
            {"name": name, "value": value, "reported": reported.get(name)}
            for name, value in found.tiers.items()
        ],
    }
