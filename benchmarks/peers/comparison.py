"""Other modelling tools and plain solvers against pklogistics, on the same program.

Build: the textbook core (`benchmarks.peers.core`: needs, coordination and funding of one period) is said in
each tool in its own idiom, from index sets that are prepared beforehand and not counted against it, and
handed over in memory to the form that its solver takes. pklogistics makes the same program of the mission
itself, so finding the index sets counts against us alone. Every tool has a process of its own, which builds
a small instance first, so that what is imported late is not counted. Before anything is measured, all
programs of that small instance are solved: sizes and optimum must be the same, or nothing is reported.

Solve: the program that pklogistics compiles, in tiers, by plain HiGHS, SCIP and CP-SAT as users would script
it (`benchmarks.peers.solve`) and by `pklogistics solve`, within the same time.

    python -m pip install -e ".[peers]"             # in an environment of its own; a tool that is missing
    python -m benchmarks.peers                      # is reported as missing
    python -m benchmarks.peers --part build --sites 200 2000 --peers pulp linopy --limit 120
    python -m benchmarks.peers --part solve --sites 200 --missions unoci-2011 --time-limit 60
"""

from __future__ import annotations

import argparse
import importlib
import json
import tempfile
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.core import OURS, Core
from benchmarks.peers.page import build_page, solve_page
from benchmarks.peers.run import Ended, run
from benchmarks.record import RESULTS, Phases, Row, append, children_seconds

if TYPE_CHECKING:
    from pklogistics import Mission

ROOT = RESULTS.parent.parent
TOOLS: dict[str, tuple[str, ...]] = {
    OURS: ("ortools",),
    "pulp": ("pulp", "highspy"),
    "pyomo": ("pyomo", "highspy"),
    "linopy": ("linopy", "highspy"),
    "cvxpy": ("cvxpy", "highspy"),
    "pyoptinterface": ("pyoptinterface", "highsbox"),
    "mathopt": ("ortools",),
    "model_builder": ("ortools",),
}
"""The tools, each with what must be installed for it; the first says the version."""

SOLVERS = ("highs", "scip", "cp_sat")
SMALL = 8
SAME = 1e-6
"""Optima that differ by no more than this, relatively, are the same."""


def prepare(mission: Mission, folder: Path) -> float:
    """Write what the tools are given: the mission for us, the core of it for the others.

    Returns the seconds that finding the core took.
    """
    from benchmarks.peers.tables import core_of
    from pklogistics import write

    folder.mkdir()
    write(mission, folder / "mission")
    began = time.perf_counter()
    core = core_of(mission)
    seconds = time.perf_counter() - began
    core.save(folder / "core.npz")
    return round(seconds, 3)


def measure(tool: str, folder: Path, small: Path) -> Row:
    """Build and hand over the program in ``folder`` with one tool, in this process."""
    module = importlib.import_module(f"benchmarks.peers.{tool}")
    module.hand_over(module.build(_given(tool, small)))
    phases = Phases()
    with phases.phase("tables"):
        given = _given(tool, folder)
    with phases.phase("build"):
        model = module.build(given)
    with phases.phase("hand_over"):
        handed = module.hand_over(model)
    rows, columns, nonzeros = module.shape(handed)
    return {"rows": rows, "columns": columns, "nonzeros": nonzeros, **phases.row}


def agree(tool: str, small: Path) -> Row:
    """Build and solve the small instance with one tool, in this process."""
    module = importlib.import_module(f"benchmarks.peers.{tool}")
    given = _given(tool, small)
    model = module.build(given)
    handed = module.hand_over(model)
    rows, columns, nonzeros = module.shape(handed)
    optimum = module.solve(given if tool == OURS else model, handed, 600.0)
    return {"rows": rows, "columns": columns, "nonzeros": nonzeros, "optimum": optimum}


def _given(tool: str, folder: Path) -> Mission | Core:
    if tool != OURS:
        return Core.load(folder / "core.npz")
    import pklogistics

    return pklogistics.read(folder / "mission")


def missing(tool: str) -> list[str]:
    """Return what is not installed of what a tool needs."""
    return [name for name in TOOLS[tool] if find_spec(name) is None]


def agreed(tools: list[str], small: Path, limit: float) -> dict[str, str]:
    """Return why a tool cannot be measured, by tool; "" if it can.

    Raises
    ------
    RuntimeError
        If two tools that could be run have programs of other sizes, or other optima.
    """
    trouble: dict[str, str] = {}
    found: dict[str, Row] = {}
    for tool in tools:
        absent = missing(tool)
        ended = Ended({}, "") if absent else run("benchmarks.peers", ["--agree", tool, str(small)], limit)
        trouble[tool] = f"missing: {', '.join(absent)}" if absent else ended.status
        if trouble[tool] == "done":
            trouble[tool], found[tool] = "", ended.row
    different = differences(found)
    if different:
        raise RuntimeError(f"the tools do not build the same program: {different}")
    return trouble


def differences(found: dict[str, Row]) -> list[str]:
    """Say in what the tools differ: in size (but for ours, which is compiled another way) or in optimum."""
    peers = {tool: row for tool, row in found.items() if tool != OURS}
    told = [
        f"{name}: " + ", ".join(f"{tool} {row[name]}" for tool, row in peers.items())
        for name in ("rows", "columns", "nonzeros")
        if len({row[name] for row in peers.values()}) > 1
    ]
    optima = {tool: float(str(row["optimum"])) for tool, row in found.items() if "optimum" in row}
    if optima and max(optima.values()) - min(optima.values()) > SAME * max(1.0, *map(abs, optima.values())):
        told.append("optimum: " + ", ".join(f"{tool} {value!r}" for tool, value in optima.items()))
    return told


def build_part(asked: argparse.Namespace, parent: Path) -> None:
    """Measure every tool at every size, and write the table."""
    from benchmarks.peers.tables import core_mission, weighted

    tools = list(dict.fromkeys([OURS, *asked.peers]))
    small = parent / "small"
    prepare(weighted(core_mission(SMALL, asked.seed)), small)
    trouble = agreed(tools, small, asked.limit)
    rows: list[Row] = []
    for sites in asked.sites:
        folder = parent / str(sites)
        prepared = prepare(weighted(core_mission(sites, asked.seed)), folder)
        own = {tool: _best(tool, folder, small, asked, trouble[tool]) for tool in tools}
        different = differences({tool: row for tool, row in own.items() if "rows" in row})
        if different:
            raise RuntimeError(f"the tools do not build the same program at {sites} sites: {different}")
        known: Row = {"sites": sites, "seed": asked.seed, "prepare_s": prepared}
        rows += [{**known, "tool": tool, **row} for tool, row in own.items()]
    text = build_page(append("peers", rows), asked.limit)
    (RESULTS / "peers.md").write_text(text, encoding="utf-8")
    print(text)


def _best(tool: str, folder: Path, small: Path, asked: argparse.Namespace, trouble: str) -> Row:
    """Return the fastest of the asked runs of one tool."""
    absent = missing(tool)
    known: Row = {"version": "" if absent else version(TOOLS[tool][0])}
    if trouble:
        return {**known, "status": trouble}
    runs = []
    for _ in range(asked.repeats):
        ended = run("benchmarks.peers", ["--measure", tool, str(folder), str(small)], asked.limit)
        print(f"{tool} {folder.name}: {ended.status} {json.dumps(ended.row)}", flush=True)
        runs.append({**known, "status": ended.status, **(ended.row if ended.status == "done" else {})})
        if ended.status != "done":
            return runs[-1]
    return min(runs, key=lambda row: float(str(row["build_s"])) + float(str(row["hand_over_s"])))


def solve_part(asked: argparse.Namespace, parent: Path) -> None:
    """Solve every mission by every solver, and write the table."""
    from benchmarks.peers.tables import core_mission
    from pklogistics import write

    folders = {name: ROOT / "instances" / name for name in asked.missions}
    for sites in asked.sites:
        folders[f"core-{sites}"] = parent / f"tiers-{sites}"
        write(core_mission(sites, asked.seed), folders[f"core-{sites}"])
    rows: list[Row] = []
    for mission, folder in folders.items():
        for solver in ("pklogistics", *SOLVERS):
            tiers = solved(solver, folder, asked)
            rows += [{"mission": mission, "solver": solver, "seed": asked.seed, **tier} for tier in tiers]
            print(mission, solver, json.dumps(tiers), flush=True)
    text = solve_page(append("peers_solve", rows), asked.time_limit)
    (RESULTS / "peers_solve.md").write_text(text, encoding="utf-8")
    print(text)


def solved(solver: str, folder: Path, asked: argparse.Namespace) -> list[Row]:
    """Return a row per tier; one row that says why if there is none.

    The seconds of the whole process, and of its processors, tell whether it had the machine to itself. One
    that takes twice its time and a minute is stopped.
    """
    limits = ["--time-limit", str(asked.time_limit), "--seed", str(asked.seed)]
    patience = 2 * asked.time_limit + 60
    began, used = time.perf_counter(), children_seconds()
    if solver == "pklogistics":
        ended = run("pklogistics", ["solve", str(folder), *limits, "--json"], patience)
        rows = [
            {"tier": tier["name"], **{key: tier[key] for key in ("value", "bound", "gap")}}
            | {"ended": ended.row["stopped"], "broken_rules": len(ended.row["violations"])}
            for tier in ended.row.get("tiers", [])
        ]
    else:
        ended = run("benchmarks.peers.solve", [solver, str(folder), *limits], patience)
        rows = list(ended.row.get("tiers", []))
    whole: Row = {
        "time_limit": asked.time_limit,
        "wall_s": round(time.perf_counter() - began, 1),
        "cpu_s": round(children_seconds() - used, 1),
        "status": ended.status,
    }
    return [{**whole, **row} for row in rows] or [whole]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=["build", "solve", "both"], default="both")
    parser.add_argument("--sites", type=int, nargs="+", default=[200, 2_000, 20_000])
    parser.add_argument("--peers", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument(
        "--limit", type=float, default=600.0, help="seconds for one tool to build, imports too"
    )
    parser.add_argument("--repeats", type=int, default=1, help="runs of each tool; the fastest counts")
    parser.add_argument("--missions", nargs="*", default=[], help="missions of instances/ to solve as well")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each solve")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--agree", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Run the parts asked for, or, with a hidden option, one tool in this process."""
    asked = _asked()
    if asked.measure:
        tool, folder, small = asked.measure
        print("\n" + json.dumps(measure(tool, Path(folder), Path(small))))
    elif asked.agree:
        print("\n" + json.dumps(agree(asked.agree[0], Path(asked.agree[1]))))
    else:
        with tempfile.TemporaryDirectory() as parent:
            if asked.part != "solve":
                build_part(asked, Path(parent))
            if asked.part != "build":
                solve_part(asked, Path(parent))
