"""The public classes: what is published, what a plan reaches and proves, and how long that takes.

PKLOGISTICS_REFERENCE=instances python -m benchmarks.conformance              # everything, for hours
python -m benchmarks.conformance --classes pmed mcnd --limit 30 --reference instances
python -m benchmarks.conformance --instances cap41 capa@8000 --reference instances

The folder of public instances is laid out as `benchmarks.classes` says. Where a file is known to be damaged,
a repaired copy is measured as well.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

import pklogistics
from benchmarks.classes import CLASSES, Claim, PublicClass, Published, Repair
from benchmarks.record import RESULTS, Row, append, markdown
from pklogistics.exchange import import_mission

SAME = 1e-6
"""Values that differ by no more than this, relatively, are the same."""

GAP = 1e-7
"""Gap asked of the solver; half a vote of ten thousand and a cent of a million are more."""

BUG = "a BUG"


@dataclass(frozen=True)
class Judged:
    """A verdict in words, and how much worse than published a value is, relatively (NaN: none to compare)."""

    verdict: str
    off: float = math.nan


def judge(published: Published, claim: Claim) -> Judged:
    """Compare what a plan says with what is published."""
    if published.infeasible or claim.infeasible:
        return _feasibility(published, claim)
    sign = -1.0 if published.greatest else 1.0
    size = max(1.0, abs(published.value))
    beaten = sign * (claim.bound - published.value) / size
    if beaten > SAME and published.repair:
        return Judged("proven worse: the file is damaged", sign * (claim.value - published.value) / size)
    if beaten > SAME:
        return Judged(f"the bound refutes a published value: {BUG}")
    if math.isnan(claim.value):
        return Judged("no full plan was found")
    off = sign * (claim.value - published.value) / size
    if off < -SAME and published.repair:
        return Judged("better than proven: the file is damaged", off)
    if off < -SAME:
        known = f"better than proven: {BUG}" if published.proven else "better than best known"
        return Judged(known, off)
    return Judged("the same" if off <= SAME else "worse", off)


def _feasibility(published: Published, claim: Claim) -> Judged:
    if published.infeasible and claim.infeasible:
        return Judged("the same", 0.0)
    if claim.infeasible:
        return Judged(f"proven infeasible, but a value is published: {BUG}")
    found = not math.isnan(claim.value)
    return Judged(
        f"published as infeasible, but a plan was found: {BUG}" if found else "not proven infeasible"
    )


def measured(kind: PublicClass, published: Published, folder: Path, limit: float, seed: int) -> Row:
    """Import, solve and judge one instance; return its row."""
    began = time.perf_counter()
    mission = import_mission(kind.format, folder / published.file, published.instance)
    imported = time.perf_counter() - began
    plan = pklogistics.solve(mission, time_limit=limit, gap=GAP, seed=seed)
    claim = kind.claim(mission, plan) if plan.found else Claim(math.nan, math.nan)
    judged = judge(published, claim)
    return {
        "class": kind.format,
        "instance": published.name,
        "published": "infeasible" if published.infeasible else published.value,
        "proven": published.proven,
        "value": "infeasible" if claim.infeasible else claim.value,
        "bound": claim.bound,
        "gap": abs(claim.value - claim.bound) / max(1.0, abs(claim.value)),
        "off": judged.off,
        "verdict": judged.verdict,
        "checked": "ok" if plan.violations == () else f"{len(plan.violations or ())} violations",
        "limit_s": limit,
        "seed": seed,
        "import_s": round(imported, 2),
        **{
            f"{phase}_s": round(plan.seconds.get(phase, math.nan), 2)
            for phase in ("compile", "solve", "check")
        },
    }


def repaired(published: Published, repair: Repair, folder: Path, into: Path) -> Published:
    """Write a copy of a damaged file without its damage, and return the instance that it holds."""
    copy = into / Path(published.file).name
    copy.write_text(repair((folder / published.file).read_text(encoding="utf-8")), encoding="utf-8")
    return replace(published, name=f"{published.name} (repaired)", file=str(copy), repair=None)


def chosen(folder: Path, classes: list[str], instances: list[str]) -> Iterator[tuple[PublicClass, Published]]:
    """Return the instances of the classes asked for, or those of these names."""
    for kind in CLASSES:
        if kind.format in classes:
            for published in kind.published(folder):
                if not instances or published.name in instances:
                    yield kind, published


def shown(table: pd.DataFrame) -> str:
    """Return the latest row of each instance as a page."""
    latest = table.drop_duplicates(["class", "instance"], keep="last")
    order = {kind.format: at for at, kind in enumerate(CLASSES)}
    latest = latest.sort_values("class", key=lambda names: names.map(order), kind="stable")
    columns = ["class", "instance", "published", "value", "bound", "gap", "off", "verdict", "checked"]
    columns += ["limit_s", "import_s", "compile_s", "solve_s", "commit"]
    page = latest[columns].copy()
    for name in ("published", "value", "bound"):
        page[name] = [_number(cell) for cell in page[name]]
    for name in ("gap", "off"):
        page[name] = [_share(cell) for cell in page[name]]
    same, bugs = (latest["verdict"] == "the same").sum(), latest["verdict"].str.contains(BUG).sum()
    return (
        "# Public classes\n\n"
        "Latest row of each instance, by `python -m benchmarks.conformance`; all rows ever measured: "
        "`conformance.csv`. *gap* is between value and bound, *off* how much worse than published the value "
        "is.\n\n"
        f"{same} of {len(latest)} are the same as published, {bugs} must be bugs (of the data, the importer "
        "or the model).\n\n" + markdown(page)
    )


def _number(cell: str) -> str:
    return f"{float(cell):,.10g}" if _is_number(cell) else cell


def _share(cell: str) -> str:
    return f"{float(cell):.3%}" if _is_number(cell) else ""


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def main() -> None:
    """Measure the instances asked for, one after the other, and record each when it is done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = [kind.format for kind in CLASSES]
    parser.add_argument("--classes", nargs="+", choices=known, default=known)
    parser.add_argument("--instances", nargs="+", default=[], help="by their names in OPTIMA.csv")
    parser.add_argument("--limit", type=float, help="seconds for each instance; else that of its class")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reference", default=os.environ.get("PKLOGISTICS_REFERENCE"))
    asked = parser.parse_args()
    if asked.reference is None:
        parser.error("name the folder of public instances: --reference, or PKLOGISTICS_REFERENCE")
    folder = Path(asked.reference).resolve()
    with tempfile.TemporaryDirectory() as parent:
        for kind, published in chosen(folder, asked.classes, asked.instances):
            each = [published]
            if published.repair:
                each.append(repaired(published, published.repair, folder, Path(parent)))
            for one in each:
                row = measured(kind, one, folder, asked.limit or kind.limit, asked.seed)
                append("conformance", [row])
                loud = "  <<<<<<<<" if BUG in str(row["verdict"]) else ""
                print(f"{kind.format} {one.name}: {row['value']}, {row['verdict']}{loud}", flush=True)
    table = pd.read_csv(RESULTS / "conformance.csv", dtype=str, keep_default_na=False)
    text = shown(table)
    (RESULTS / "conformance.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
