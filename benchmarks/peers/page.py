"""The Markdown pages of benchmarks.peers."""

from __future__ import annotations

import math

import pandas as pd

from benchmarks.peers.core import OURS
from benchmarks.record import markdown

DISTURBED = 1.5
"""Seconds by the wall for each of the processor from which a measurement says that the machine was busy."""

BUILD = (
    "*build* is making the model, *hand_over* giving it in memory to the form that its solver takes: "
    "HiGHS's own for PuLP, Pyomo, linopy and PyOptInterface (which builds there), compiled arrays for "
    "CVXPY, a message for MathOpt and ours, C++ for ModelBuilder (which builds there). Ours includes "
    "finding the index sets that all others are given (*prepare_s*, not counted in theirs). *peak* is the "
    "largest resident set while building and handing over, MB of 1e6 bytes, libraries and tables included; "
    "*added* is what that exceeds the peak of reading the tables by. Each × is a ratio to ours in the same "
    "run: above 1 we are better. A tool is stopped after {limit:g} s, imports included. *disturbed*: it "
    "waited for a busy machine so long that its wall time says nothing."
)
SOLVE = (
    "Plain solvers get the program that pklogistics compiles, tier by tier, earlier tiers held by a row "
    "(`benchmarks.peers.solve`); the clock of all begins with the solve. *value* is that of the last point. "
    "*bound* of a later tier holds only for plans as good as this one in the earlier tiers. *violation* is "
    "the largest of any row in the raw answer of a plain solver, relative to the row's terms; the plan of "
    "pklogistics is checked against every rule of the mission instead (*broken rules*). "
    "*wall_s* and *cpu_s* are those of the whole process and all that it started, reading and compiling "
    "included: far less of the second than of the first says that the machine was busy."
)


def build_page(table: pd.DataFrame, limit: float) -> str:
    """Return the page of one run of the build."""
    table = table.copy()
    for name in ("build", "hand_over", "tables"):
        for unit in ("s", "cpu_s", "mb"):
            table[f"{name}_{unit}"] = _numbers(table, f"{name}_{unit}")
    table["wall_s"] = table["build_s"] + table["hand_over_s"]
    table["cpu_s"] = table["build_cpu_s"] + table["hand_over_cpu_s"]
    table["peak_mb"] = table[["build_mb", "hand_over_mb"]].max(axis=1)
    table["added_mb"] = table["peak_mb"] - table["tables_mb"]
    ours = table[table["tool"] == OURS].set_index("sites")
    shown = table[["sites", "tool", "version"]].copy()
    for name, digits in (("build_s", 2), ("hand_over_s", 2), ("cpu_s", 2), ("peak_mb", 0), ("added_mb", 0)):
        shown[name] = [_number(value, digits) for value in table[name]]
    for name, title in (("wall_s", "wall"), ("cpu_s", "cpu"), ("peak_mb", "peak"), ("added_mb", "added")):
        ratio = table[name] / table["sites"].map(ours[name])
        shown[f"× {title}"] = [_number(value, 1) for value in ratio]
    disturbed = table["wall_s"] > DISTURBED * table["cpu_s"] + 0.1
    shown["status"] = table["status"].where(~disturbed, table["status"] + ", disturbed")
    return "\n".join(
        [
            "# The same program built by other tools",
            "",
            f"Latest run of `python -m benchmarks.peers`: {_head(table)}. All rows ever measured: "
            "`peers.csv`.",
            "",
            markdown(_sizes(table)),
            "",
            BUILD.format(limit=limit),
            "",
            markdown(shown),
        ]
    )


def _sizes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the size of the program, ours and that of all others, and the seconds of preparing theirs."""
    lines: list[list[str]] = []
    for sites, rows in table.dropna(subset=["rows"]).groupby("sites") if "rows" in table else ():
        for who, of in (("ours", rows["tool"] == OURS), ("all others", rows["tool"] != OURS)):
            for row in rows[of].head(1).to_dict("records"):
                prepared = "in build_s" if who == OURS else _number(row["prepare_s"], 2)
                sizes = [f"{int(row[name]):,}" for name in ("rows", "columns", "nonzeros")]
                lines.append([f"{sites:,}", who, *sizes, prepared])
    return pd.DataFrame(lines, columns=["sites", "program", "rows", "columns", "nonzeros", "prepare_s"])


def solve_page(table: pd.DataFrame, limit: float) -> str:
    """Return the page of one run of the solve."""
    columns = ["mission", "solver", "tier"]
    shown = table.reindex(columns=columns).fillna("–")
    for name in ("value", "bound"):
        shown[name] = [_number(value, 1) for value in _numbers(table, name)]
    shown["gap"] = [_share(value) for value in _numbers(table, "gap")]
    shown["violation"] = [_violation(value) for value in _numbers(table, "violation")]
    shown["broken rules"] = [_number(value, 0) for value in _numbers(table, "broken_rules")]
    shown["ended"] = table.reindex(columns=["ended"])["ended"].fillna("–")
    shown["wall_s"] = [_number(value, 0) for value in _numbers(table, "wall_s")]
    shown["cpu_s"] = [_number(value, 0) for value in _numbers(table, "cpu_s")]
    shown["status"] = table["status"]
    return "\n".join(
        [
            "# The same program solved by plain solvers",
            "",
            f"Latest run of `python -m benchmarks.peers`: {_head(table)}, {limit:g} s for each mission and "
            "solver. All rows ever measured: `peers_solve.csv`.",
            "",
            SOLVE,
            "",
            markdown(shown),
        ]
    )


def _head(table: pd.DataFrame) -> str:
    head = table.iloc[0]
    return (
        f"{head['date']} UTC, commit {head['commit']}, {head['cpus']} cores, {head['machine']}, "
        f"Python {head['python']}, OR-Tools {head['ortools']}, seed {head['seed']}"
    )


def _numbers(table: pd.DataFrame, name: str) -> pd.Series[float]:
    return pd.to_numeric(table.reindex(columns=[name])[name], errors="coerce").astype(float)


def _number(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:,.{digits}f}"


def _share(value: float) -> str:
    return f"{value:.3%}" if math.isfinite(value) else "–"


def _violation(value: float) -> str:
    return f"{value:.0e}" if math.isfinite(value) else "–"
