"""One program solved as users would script it: tier by tier, the earlier tiers held by a row.

Each solver gets the program that pklogistics compiles, unscaled, through MathOpt's Python API; half of the
time that is left for each tier and all of it for the last, as `pklogistics solve` shares it out; and its last
point as a hint. A tier is held at its value plus a millionth of it, for a solver's tolerances would make the
next tier infeasible otherwise. The clock begins when the program is compiled.

    python -m benchmarks.peers.solve highs FOLDER --time-limit 60        # one solver, one mission
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

import pklogistics
from benchmarks.record import Row
from pklogistics.model.build import compile_mission
from pklogistics.model.program import Floats, Program
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.solution import relative_gap
from pklogistics.solve.wire import model_bytes

SOLVERS = {
    "highs": mathopt.SolverType.HIGHS,
    "scip": mathopt.SolverType.GSCIP,
    "cp_sat": mathopt.SolverType.CP_SAT,
}
GAP = 0.001
HELD = 1e-6


class Script:
    """The tiers of one program, solved by one solver."""

    def __init__(self, program: Program, solver: str, time_limit: float, seed: int) -> None:
        self.program, self.solver, self.seed = program, SOLVERS[solver], seed
        self.piece = piece_of(program)
        self.values: Floats | None = None
        self.rows: list[Row] = []
        self.deadline = time.monotonic() + time_limit

    def run(self) -> None:
        """Solve the tiers in order and print, after each, all rows so far as they stand at the last point."""
        tiers = self.program.tiers
        for index, tier in enumerate(tiers):
            costs, offset = self.program.tier_costs(tier)
            left = max(0.0, self.deadline - time.monotonic())
            last = not any(self.program.tier_costs(later)[0].any() for later in tiers[index + 1 :])
            began = time.monotonic()
            piece = self.piece.with_objective(costs, offset)
            bound, ended = self._tier(piece, left if last else left / 2)
            if self.values is None and time.monotonic() < self.deadline:
                # Nothing can follow a tier without a point, so it may as well have all that is left.
                bound, ended = self._tier(piece, self.deadline - time.monotonic())
            row: Row = {"tier": tier.name, "bound": bound, "tier_s": round(time.monotonic() - began, 2)}
            self.rows.append({**row, "ended": ended})
            self._tell()
            if self.values is None:
                return  # Without a point there is no value to hold.
            value = self.program.tier_value(tier, self.values)
            self.piece = self.piece.with_row(costs, value - offset + HELD * max(1.0, abs(value)))

    def _tier(self, piece: Piece, seconds: float) -> tuple[float, str]:
        """Solve one tier; return its bound and why the search ended."""
        if not piece.costs.any() and self.values is not None:
            return piece.offset, "nothing to minimise"
        if seconds <= 0:
            return piece.trivial_bound(), "no time left"
        model = mathopt.Model.from_model_proto(model_pb2.ModelProto.FromString(model_bytes(piece)))
        columns = list(model.variables())
        limits = mathopt.SolveParameters(
            time_limit=timedelta(seconds=seconds), relative_gap_tolerance=GAP, random_seed=self.seed
        )
        begin = mathopt.ModelSolveParameters()
        if self.values is not None:
            point = dict(zip(columns, self.values.tolist(), strict=True))
            begin.solution_hints.append(mathopt.SolutionHint(variable_values=point))
        result = mathopt.solve(model, self.solver, params=limits, model_params=begin)
        if result.has_primal_feasible_solution():
            self.values = np.array(result.variable_values(columns))
        ended = result.termination.reason.name.lower()
        detail = result.termination.limit
        return (
            result.termination.objective_bounds.dual_bound,
            f"{ended}{f', {detail.name.lower()}' if detail else ''}",
        )

    def _tell(self) -> None:
        for row, tier in zip(self.rows, self.program.tiers, strict=False):
            if self.values is not None:
                value = self.program.tier_value(tier, self.values)
                # The row that holds a tier lets through as much; that is no gap.
                bound = float(str(row["bound"])) + HELD * max(1.0, abs(value))
                row |= {"value": value, "gap": relative_gap(value, min(bound, value))}
                row["violation"] = self.program.violation(self.values)
        print(json.dumps({"tiers": self.rows}), flush=True)


def main() -> None:
    """Solve the mission in a folder with one solver."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("solver", choices=list(SOLVERS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    program = compile_mission(pklogistics.read(asked.folder)).program
    Script(program, asked.solver, asked.time_limit, asked.seed).run()


if __name__ == "__main__":
    main()
