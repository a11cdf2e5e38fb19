"""What is proven of a plan from prices, for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from pklogistics.explain.results import ALIKE, Proof
from pklogistics.plan import Plan
from pklogistics.report import words
from pklogistics.report.tables import SummaryTable, figure, label

_NAMES = {"glop": "GLOP", "highs": "HiGHS", "scip": "SCIP", "cp_sat": "CP-SAT", "pdlp": "PDLP"}


def proven(plan: Plan, proofs: Sequence[Proof]) -> RenderableType:
    """Return the table of what is proven and how, and what rests on the word of the plan's solver."""
    if not proofs:
        return Text("Nothing is proven of a plan that breaks rules.", style="bold red")
    columns = [figure(name) for name in ("Value", "Reported", "Proven here", "Gap")]
    table = SummaryTable("How good it is, proven anew from prices", label("Tier"), *columns)
    for proof in proofs:
        numbers = [words.number(value) for value in (proof.value, proof.reported, proof.proven)]
        table.row(proof.tier, *numbers, words.gap(proof.gap))
    notes = dict.fromkeys(f"{proof.note[:1].upper()}{proof.note[1:]}." for proof in proofs if proof.note)
    lines = [line for proof in proofs for line in _told(plan, proof)]
    return Group(table, *(Text(line) for line in (*notes, *lines)))


def _told(plan: Plan, proof: Proof) -> Iterator[str]:
    """Tell how a tier was proven, and what was not."""
    solver, searcher = _NAMES.get(proof.by, proof.by), _NAMES.get(plan.solver, plan.solver)
    lacking = proof.rest > ALIKE * max(1.0, abs(proof.value))
    rest = f"{words.number(proof.rest)} of the bound" if proof.rest < float("inf") else "the bound"
    if proof.prices == "plan":
        parts = "the whole program" if proof.parts == 1 else f"{proof.parts:,} parts that leave nothing out"
        sites = "every site" if proof.finished else "sites"
        yield f"{proof.tier}: at the prices in the plan, {solver} priced {sites}, in {parts}."
    if not proof.finished:
        ended = "it was interrupted" if proof.interrupted else "time ended"
        priced = "all sites were priced in whole numbers"
        before = priced if proof.prices == "plan" else "its linear program was solved"
        more = "" if proof.interrupted else "; a longer --time-limit may prove more"
        yield f"{proof.tier}: {ended} before {before}{more}."
    elif lacking:
        yield f"{proof.tier}: {rest} rests on the search of {searcher}, which is not made anew."
    if proof.held_at is not None:
        yield (
            f"{proof.tier}: the tiers after it are bounded among plans in which it is"
            f" {words.number(proof.held_at)} or less, within its tolerance."
        )
