"""How tight the compiled programs are, beside hand-written textbook models of the same instances.

PKLOGISTICS_REFERENCE=instances python -m benchmarks.strength                  # a few of every class
python -m benchmarks.strength --classes gap pmed --limit 20 --reference instances

Both programs go to the same solver, HiGHS, scaled alike and told to take out slacks, as `pklogistics.solve`
tells it, without anything else that it adds: once as linear programs, once for the root of the search alone,
once until the gap is closed or the limit is reached. Ours has the class's objective, with everybody served.
Seconds are those of the processor, so that another's work on the machine does not count; the limit is one of
the clock. How long a search takes is luck as well: root and search are means over several seeds.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    parameters_pb2,
)
from ortools.math_opt.core.python import solver

from benchmarks.classes import CLASSES, PublicClass, Published, profit
from benchmarks.record import RESULTS, Row, append, markdown
from benchmarks.textbooks import TEXTBOOKS
from pklogistics.exchange import import_mission
from pklogistics.instance.mission import Mission
from pklogistics.model.build import compile_mission
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.wire import model_bytes

SAMPLE = {
    "orlib-cap": ("cap71", "cap81", "cap104", "cap131"),
    "pmed": ("pmed1", "pmed4"),
    "mcnd": ("R/r01.1", "R/r02.1", "C/c33"),
    "sscflp": ("p1", "p15", "p30", "p46", "p57"),
    "gap": ("cattrysse1994/gap12-4", "chu1997/a05100", "chu1997/c05100", "chu1997/c10100"),
    "mknap": ("mknap1-7", "5.100-00", "5.100-02"),
    "mscflp-ci": ("wlp01", "wlp02"),
    "pabulib": ("Netherlands_Amsterdam_179.pb", "France_Toulouse_2019.pb"),
}
"""A few of every class, small and large."""

GAP = 1e-6
SAME = 1e-6
"""Root bounds that differ by no more than this, relatively, are equal."""


@dataclass(frozen=True)
class Run:
    """What HiGHS said: best value and bound, processor seconds, nodes."""

    value: float
    bound: float
    seconds: float
    nodes: int


def solved(piece: Piece, limit: float, *, nodes: int | None = None, seed: int = 0) -> Run:
    """Solve a piece by HiGHS in this process."""
    scaled, factor = scaling_of(piece).apply(piece)
    model = model_pb2.ModelProto.FromString(model_bytes(scaled))
    settings = parameters_pb2.SolveParametersProto(relative_gap_tolerance=GAP, random_seed=seed)
    settings.time_limit.FromNanoseconds(int(limit * 1e9))
    settings.highs.bool_options["presolve_remove_slacks"] = not piece.continuous
    if nodes is not None:
        settings.highs.int_options["mip_max_nodes"] = nodes
    began = time.process_time()
    result = solver.solve(
        model,
        parameters_pb2.SOLVER_TYPE_HIGHS,
        parameters_pb2.SolverInitializerProto(),
        settings,
        model_parameters_pb2.ModelSolveParametersProto(),
        None,
        callback_pb2.CallbackRegistrationProto(),
        None,
        None,
    )
    seconds = time.process_time() - began
    bounds = result.termination.objective_bounds
    count = int(result.solve_stats.node_count)
    return Run(bounds.primal_bound / factor, bounds.dual_bound / factor, seconds, count)


def compiled(mission: Mission, kind: PublicClass) -> Piece:
    """Return our program with the class's own objective: cost with everybody served, or profit below zero."""
    program = compile_mission(mission).program
    first, last = program.tiers[0], program.tiers[-1]
    piece = piece_of(program).with_objective(*program.tier_costs(first))
    if kind.claim is profit:
        return replace(piece, offset=piece.offset - float(piece.costs @ piece.col_upper))
    return piece.at_trivial_bound().with_objective(*program.tier_costs(last))


def mean_of(runs: Sequence[Run]) -> Run:
    """Return the means of several runs."""
    values, bounds, seconds, nodes = (np.mean(each) for each in zip(*map(astuple, runs), strict=True))
    return Run(float(values), float(bounds), float(seconds), round(nodes))


def measured(kind: PublicClass, one: Published, folder: Path, limit: float, seeds: Sequence[int]) -> Row:
    """Compile, write down and solve one instance; return the two side by side."""
    mission = import_mission(kind.format, folder / one.file, one.instance)
    ours = compiled(mission, kind)
    book = TEXTBOOKS[kind.format](folder / one.file, one.instance)
    row: Row = {"class": kind.format, "instance": one.name}
    for name, piece in (("book", book), ("our", ours)):
        relaxed = solved(replace(piece, integer=np.zeros(piece.columns, dtype=np.bool_)), limit)
        root = mean_of([solved(piece, limit, nodes=1, seed=seed) for seed in seeds])
        full = mean_of([solved(piece, limit, seed=seed) for seed in seeds])
        row |= {
            f"{name}_rows": piece.rows,
            f"{name}_columns": piece.columns,
            f"{name}_lp": relaxed.bound,
            f"{name}_lp_s": round(relaxed.seconds, 2),
            f"{name}_root": root.bound,
            f"{name}_root_s": round(root.seconds, 2),
            f"{name}_value": full.value,
            f"{name}_bound": full.bound,
            f"{name}_s": round(full.seconds, 2),
            f"{name}_nodes": full.nodes,
        }
    return row | {"limit_s": limit, "published": one.value, "seeds": len(seeds)}


def shown(table: pd.DataFrame) -> str:
    """Return the latest row of each instance as a page."""
    latest = table.drop_duplicates(["class", "instance"], keep="last").reset_index(drop=True)
    size = np.maximum(1.0, latest["book_lp"].abs())
    page = pd.DataFrame({"class": latest["class"], "instance": latest["instance"]})
    for what in ("rows", "columns", "s", "nodes"):
        for name in ("book", "our"):
            page[f"{name} {what}"] = latest[f"{name}_{what}"]
    for what in ("lp", "root", "bound"):
        page[f"{what}: ours better by"] = [
            f"{better:+.4%}" for better in (latest[f"our_{what}"] - latest[f"book_{what}"]) / size
        ]
    page["time ratio"] = [f"{ratio:.2f}" for ratio in latest["our_s"] / latest["book_s"].clip(lower=0.01)]
    page["limit_s"], page["seeds"] = latest["limit_s"], latest["seeds"].fillna(1).astype(int)
    page["commit"] = latest["commit"]
    weaker = {
        what: int(((latest[f"our_{what}"] - latest[f"book_{what}"]) / size < -SAME).sum())
        for what in ("lp", "root")
    }
    gaps = [
        (latest[f"{name}_value"] - latest[f"{name}_bound"]).abs()
        / latest[f"{name}_value"].abs().clip(lower=1)
        for name in ("book", "our")
    ]
    ended = (gaps[0] <= 2 * GAP) & (gaps[1] <= 2 * GAP)
    total = latest.loc[ended, "our_s"].sum() / latest.loc[ended, "book_s"].sum()
    return (
        "# Strength\n\n"
        "Latest row of each instance, by `python -m benchmarks.strength`; all rows ever measured: "
        "`strength.csv`. *book* is a hand-written textbook model, *our* the compiled program of the imported "
        "mission; both are solved by HiGHS alone. *lp* is the bound of the linear relaxation, *root* that "
        "after HiGHS's own presolve and cuts at the root, *bound* at the end; a plus says that ours is "
        "better. Seconds are of the processor, to a gap of 1e-6 or the limit. Roots and searches are means "
        "over so many seeds.\n\n"
        f"The relaxation is weaker in {weaker['lp']} of {len(latest)}, the root in {weaker['root']}. The "
        f"{int(ended.sum())} that both solve take {total:.2f} times the seconds of the textbook's; others "
        "end at the limit, with as many seconds of the processor as the machine had to give.\n\n"
        + markdown(page)
    )


def chosen(folder: Path, classes: list[str], instances: list[str]) -> Iterator[tuple[PublicClass, Published]]:
    """Return the instances asked for, or the sample of the classes asked for."""
    for kind in CLASSES:
        if kind.format in classes:
            wanted = instances or SAMPLE[kind.format]
            yield from ((kind, one) for one in kind.published(folder) if one.name in wanted)


def main() -> None:
    """Measure the instances asked for, one after the other, and record each when it is done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--classes", nargs="+", choices=list(SAMPLE), default=list(SAMPLE))
    parser.add_argument("--instances", nargs="+", default=[], help="by their names in OPTIMA.csv")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each solve")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], help="of the solver")
    parser.add_argument("--reference", default=os.environ.get("PKLOGISTICS_REFERENCE"))
    asked = parser.parse_args()
    if asked.reference is None:
        parser.error("name the folder of public instances: --reference, or PKLOGISTICS_REFERENCE")
    folder = Path(asked.reference).resolve()
    for kind, one in chosen(folder, asked.classes, asked.instances):
        row = measured(kind, one, folder, asked.limit, asked.seeds)
        append("strength", [row])
        lp = " / ".join(f"{row[f'{name}_lp']:.6g}" for name in ("our", "book"))
        root = " / ".join(f"{row[f'{name}_root']:.6g}" for name in ("our", "book"))
        seconds = " / ".join(f"{row[f'{name}_s']}" for name in ("our", "book"))
        print(f"{kind.format} {one.name}: lp {lp}, root {root}, seconds {seconds}", flush=True)
    text = shown(pd.read_csv(RESULTS / "strength.csv"))
    (RESULTS / "strength.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
