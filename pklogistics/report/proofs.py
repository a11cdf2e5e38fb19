"""What is proven of a plan from prices, for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from pklogistics.plan import Plan
from pklogistics.report import words
from pklogistics.report.terminal import SummaryTable, figure, label

if TYPE_CHECKING:
    from pklogistics.explain.results import Proof


def proven(plan: Plan, proofs: Sequence[Proof]) -> RenderableType:
    """Return the table of what is proven, and what rests on the word of the plan's solver."""
    if not proofs:
        return Text("Nothing is proven of a plan that breaks rules.", style="bold red")
    columns = [figure(name) for name in ("Value", "Reported", "Proven here", "Gap")]
    table = SummaryTable(f"How good it is, from prices of {proofs[0].by}", label("Tier"), *columns)
    lines: list[RenderableType] = [table]
    for proof in proofs:
        numbers = [words.number(value) for value in (proof.value, proof.reported, proof.proven)]
        table.row(proof.tier, *numbers, words.gap(proof.gap))
        if proof.rest > 1e-6 * max(1.0, abs(proof.value)):
            rest = f"{words.number(proof.rest)} of it" if proof.rest < float("inf") else "all of it"
            lines.append(
                Text(f"{proof.tier}: {rest} rests on the search of {plan.solver} through whole numbers.")
            )
    return Group(*lines)
