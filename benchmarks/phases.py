"""Where the time and memory of a solve go, for generated missions of growing size.

Phases: read (a folder of CSV files, validated), compile (mission to sparse program), hand over (program
to the message that OR-Tools takes), solve (all tiers, to a gap of 0.1% or the time limit; decoding
included), check (every rule, cost and tier recomputed). Each size runs in a process of its own.

    python -m benchmarks.phases                                          # 200, 2,000 and 20,000 sites
    python -m benchmarks.phases --sites 20000 --periods 6 --until hand_over
    python -m benchmarks.phases --sites 2000 --periods 12 --commodities 20 --depots 30 \
        --until hand_over --name phases_supplies                         # the same with supplies
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.record import (
    RESULTS,
    Phases,
    Row,
    append,
    children_peak_mb,
    exponent,
    in_own_process,
    markdown,
)

GAP = 0.001
SHAPE = ("sites", "periods", "commodities", "depots", "rows", "columns", "integers", "nonzeros")
PHASES = ("read", "compile", "hand_over", "solve", "check")


def measure(asked: argparse.Namespace, folder: Path) -> Row:
    """Take the mission in ``folder`` through the phases and return its row."""
    from ortools.math_opt import model_pb2

    import pklogistics
    from pklogistics.model.build import compile_mission
    from pklogistics.solve.piece import piece_of
    from pklogistics.solve.scaling import scaling_of
    from pklogistics.solve.wire import model_bytes

    phases = Phases()
    with phases.phase("read"):
        mission = pklogistics.read(folder)
    with phases.phase("compile"):
        program = compile_mission(mission).program
    with phases.phase("hand_over"):
        piece = piece_of(program)
        scaled, _ = scaling_of(piece).apply(piece)
        message = model_pb2.ModelProto.FromString(model_bytes(scaled))
    assert len(message.linear_constraint_matrix.coefficients) == program.matrix.nnz
    shape = {
        "sites": len(mission.frame("sites")),
        "periods": mission.T,
        "commodities": asked.commodities,
        "depots": asked.depots,
        "rows": program.rows,
        "columns": program.columns,
        "integers": int(program.integer.sum()),
        "nonzeros": program.matrix.nnz,
    }
    # The public solve compiles again; two programs at a time would be nobody's memory.
    del program, piece, scaled, message
    solved = _solve(asked, mission, phases) if asked.until == "check" else {}
    return {**shape, "seed": asked.seed, "tightness": asked.tightness, **phases.row, **solved}


def _solve(asked: argparse.Namespace, mission: object, phases: Phases) -> Row:
    import pklogistics

    with phases.phase("solve"):
        plan = pklogistics.solve(mission, time_limit=asked.time_limit, gap=GAP, seed=asked.seed)
    phases.row["solve_s"] = round(plan.seconds["solve"], 3)
    result: Row = {"solver": plan.solver, "solver_mb": children_peak_mb(), "time_limit": asked.time_limit}
    result |= {"status": plan.status, "stopped": plan.stopped}
    if plan.status != "none":
        with phases.phase("check"):
            report = pklogistics.check(mission, plan)
        result["violations"] = len(report.violations)
    for tier in plan.tiers:
        result |= {
            f"{tier.name}_value": tier.value,
            f"{tier.name}_bound": tier.bound,
            f"{tier.name}_gap": tier.gap,
        }
    return result


def page(table: pd.DataFrame, name: str) -> str:
    """Return the Markdown page of one run whose rows stand in ``<name>.csv``."""
    head = table.iloc[0]
    lines = [
        "# Phases of a solve",
        "",
        f"Latest run of `python -m benchmarks.phases`: {head['date']} UTC, commit {head['commit']}, "
        f"{head['cpus']} cores, {head['machine']}, Python {head['python']}, OR-Tools {head['ortools']}, "
        f"seed {head['seed']}, tightness {head['tightness']}. All rows ever measured: `{name}.csv`.",
        "",
        "## Size, seconds and peak memory",
        "",
        "Peak memory is the largest resident set of the process in the phase, MB of 1e6 bytes; solver: that "
        "of the largest process started, which begins as a copy of this one. Processor seconds (cpu) tell a "
        "slow program from a busy machine.",
        "",
        markdown(_columns(table, [*SHAPE, *(f"{p}_s" for p in PHASES)])),
        "",
        markdown(_columns(table, ["sites", "periods", *(f"{p}_cpu_s" for p in PHASES)])),
        "",
        markdown(_columns(table, ["sites", "periods", *(f"{p}_mb" for p in PHASES), "solver_mb"])),
    ]
    if len(table) > 1:
        lines += [f"{_growth(table)}", ""]
    if "status" in table:
        tiers = [c for c in table if c.endswith(("_value", "_bound", "_gap"))]
        shown = _columns(table, ["sites", "time_limit", "solve_s", "status", "stopped", *tiers, "violations"])
        lines += ["## Value, bound and gap of each tier", "", markdown(shown)]
    return "\n".join(lines)


def _growth(table: pd.DataFrame) -> str:
    """Say how processor seconds grow with nonzeros; a small size is mostly overhead, the last step least."""
    fits = [
        f"{phase} {exponent(table['nonzeros'], table[f'{phase}_cpu_s']):.2f}"
        f" (last step {exponent(table['nonzeros'][-2:], table[f'{phase}_cpu_s'][-2:]):.2f})"
        for phase in ("read", "compile", "hand_over")
    ]
    return f"Growth of processor seconds with nonzeros, fitted exponent (1 is linear): {'; '.join(fits)}."


def _columns(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    shown = table[[name for name in names if name in table]].copy()
    for name in shown:
        if name.endswith("_gap"):
            shown[name] = [f"{gap:.3%}" for gap in shown[name].astype(float)]
        elif pd.api.types.is_numeric_dtype(shown[name]):
            shown[name] = [_number(name, value) for value in shown[name]]
    return shown


def _number(name: str, value: float) -> str:
    if pd.isna(value):
        return "–"
    return f"{value:,.2f}" if name.endswith("_s") else f"{value:,.0f}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, nargs="+", default=[200, 2_000, 20_000])
    parser.add_argument("--periods", type=int, default=1)
    parser.add_argument("--commodities", type=int, default=0)
    parser.add_argument("--depots", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tightness", type=float, default=0.5)
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each solve")
    parser.add_argument("--until", choices=["hand_over", "check"], default="check", help="last phase")
    parser.add_argument("--name", default="phases", help="name of the files in benchmarks/results")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure each size in a process of its own, or, with ``--folder``, one mission in this one."""
    asked = _asked()
    if asked.folder:
        print(json.dumps(measure(asked, asked.folder)))
        return
    from pklogistics import write
    from pklogistics.instance.generate import generate

    same = ["--periods", "--commodities", "--depots", "--seed", "--tightness", "--time-limit", "--until"]
    arguments = [text for flag in same for text in (flag, str(getattr(asked, flag[2:].replace("-", "_"))))]
    rows = []
    for sites in asked.sites:
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / "mission"
            sizes = {"periods": asked.periods, "commodities": asked.commodities, "depots": asked.depots}
            write(generate(sites, asked.seed, **sizes, tightness=asked.tightness), folder)
            rows.append(in_own_process("benchmarks.phases", [*arguments, "--folder", str(folder)]))
        print(json.dumps(rows[-1]), flush=True)
    text = page(append(asked.name, rows), asked.name)
    (RESULTS / f"{asked.name}.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
