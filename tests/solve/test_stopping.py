"""Being told to stop: by a callback, by Ctrl-C, by an exception, by the death of the parent."""

from __future__ import annotations

import _thread
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np
import psutil
import pytest

from pklogistics.model.program import Floats
from pklogistics.solve import BACKENDS, Options, Progress, Solution, exact, solve_program
from pklogistics.solve.backend import Outcome
from pklogistics.solve.monitor import Interrupt
from pklogistics.solve.options import SolverName
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import Effort, solve_small
from pklogistics.solve.threaded import side_by_side
from tests.solve.posts import posts, search_of
from tests.solve.programs import diet, hard, knapsack, transport

ROOT = Path(__file__).resolve().parents[2]
MIXED = tuple(name for name in BACKENDS if not BACKENDS[name].continuous_only)

# A user's script, as users write them: no ``if __name__ == "__main__"``.
SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from pklogistics.solve import Options, solve_program
from tests.solve.programs import hard, knapsack

def tell(progress):
    if progress.incumbent < 1e9 and progress.seconds > 0.5:
        print("SEARCHING", flush=True)

if sys.argv[2] == "easy":
    solution = solve_program(knapsack())
else:
    solution = solve_program(hard(), Options(solver=sys.argv[2], progress=tell))
print(json.dumps({"stopped": solution.stopped, "values": solution.values.tolist()}))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "plan.py"
    path.write_text(SCRIPT)
    return path


def children() -> set[psutil.Process]:
    """What runs under this process; other tests of the same worker may have left a browser open."""
    return {p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE}


@pytest.mark.parametrize("name", MIXED)
def test_should_stop_ends_the_search_with_the_best_solution(name: SolverName) -> None:
    asked: list[float] = []
    before = children()

    def should_stop() -> bool:
        asked.append(time.monotonic())
        return asked[-1] - asked[0] > 0.6

    solution = solve_program(hard(), Options(solver=name, should_stop=should_stop))
    assert solution.stopped == "stopped"
    assert hard().violation(solution.values) <= 1e-6
    # The idle plan misses thousands, and what the solver has found by then is far better: it was not lost.
    assert 0 < solution.tiers[0].value < 500
    # Asked every 0.1 s for 0.6 s; a busy machine may miss some.
    assert len(asked) >= 3
    assert children() <= before


def test_should_stop_from_the_start_gives_the_idle_plan() -> None:
    solution = solve_program(hard(), Options(should_stop=lambda: True))
    assert solution.stopped == "stopped"
    assert not solution.values[hard().integer].any()
    # Taking nothing is the best that the second tier can do, so that tier is solved all the same.
    assert [t.stopped for t in solution.tiers] == ["stopped", "gap"]


@pytest.mark.parametrize("name", MIXED)
def test_an_error_in_the_callback_reaches_the_caller_and_leaves_nothing_running(name: SolverName) -> None:
    def broken(progress: Progress) -> None:
        if progress.seconds > 0.5:
            raise LookupError("no terminal")

    before, threads = children(), threading.active_count()
    with pytest.raises(LookupError, match="no terminal"):
        solve_program(hard(), Options(solver=name, progress=broken))
    assert children() <= before
    assert threading.active_count() <= max(2, threads)


def test_ctrl_c_raised_in_a_callback_gives_the_best_solution() -> None:
    raised: list[Progress] = []

    def impatient(progress: Progress) -> None:
        if progress.seconds > 0.5 and not raised:
            raised.append(progress)
            raise KeyboardInterrupt

    solution = solve_program(hard(), Options(progress=impatient))
    # Once is enough: the tiers that follow are not begun.
    assert [p.phase for p in raised] == ["split"]
    assert solution.stopped == "interrupted"
    assert solution.tiers[1].seconds < 2.0
    assert hard().violation(solution.values) <= 1e-6


def test_ctrl_c_during_a_small_solve_is_raised_once_it_is_over() -> None:
    # OR-Tools loses what a handler raises while it turns a result into Python: no solve may swallow it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    program = hard()
    piece = piece_of(program).with_objective(*program.tier_costs(program.tiers[0]))
    pressing = threading.Timer(0.2, _thread.interrupt_main)
    try:
        with pytest.raises(KeyboardInterrupt):
            pressing.start()
            solve_small(piece, scaling_of(piece), Effort(seconds=1.0))
            pressing.join()
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("first", ["glop", "highs"])
def test_an_interrupt_ends_a_linear_program_that_takes_long(first: Literal["glop", "highs"]) -> None:
    piece, before = transport(500), children()  # Both take more than a second for it.
    interrupt = Interrupt()
    interrupt.pressed = True
    effort = Effort(seconds=100.0, first=first, interrupt=interrupt)
    found = solve_small(piece, scaling_of(piece), effort)
    assert (found.status, found.stopped) == ("nothing", "stopped")  # Nor does the other solver begin.
    assert children() == before


@pytest.mark.parametrize("first", ["glop", "highs"])
def test_ctrl_c_during_a_linear_program_that_an_interrupt_ends_is_raised(
    first: Literal["glop", "highs"],
) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    piece = transport(500)
    pressing = threading.Timer(0.2, _thread.interrupt_main)
    try:
        with pytest.raises(KeyboardInterrupt):
            pressing.start()
            solve_small(piece, scaling_of(piece), Effort(100.0, first=first, interrupt=Interrupt()))
            pressing.join()
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_once_the_search_is_over_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    room = import_module("pklogistics.solve")
    solved = room.solve_tiers

    def late(*given: Any) -> Solution:
        solution = solved(*given)
        signal.raise_signal(signal.SIGINT)
        return solution

    monkeypatch.setattr(room, "solve_tiers", late)
    try:
        solution = solve_program(knapsack())
    finally:
        signal.signal(signal.SIGINT, before)
    assert (solution.stopped, solution.tiers[0].value) == ("interrupted", -20.0)


def test_the_signal_handler_is_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    solve_program(knapsack())
    assert signal.getsignal(signal.SIGINT) is before


def test_solving_beside_the_main_thread() -> None:
    # Signal handlers cannot be set there; the solve must not try.
    found: list[float] = []
    thread = threading.Thread(target=lambda: found.append(solve_program(knapsack()).tiers[0].value))
    thread.start()
    thread.join(60)
    assert found == [-20.0]


def start(script: Path, argument: str, temporary: Path | None = None) -> subprocess.Popen[str]:
    places = {} if temporary is None else dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    return subprocess.Popen(
        [sys.executable, str(script), str(ROOT), argument],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=script.parent,
        env={**os.environ, **places},
    )


def test_a_script_without_a_main_guard(script: Path) -> None:
    process = start(script, "easy")
    out, err = process.communicate(timeout=60)
    assert err == ""
    # The answer is the only line on standard output: solvers print their banners elsewhere.
    assert json.loads(out) == {"stopped": "gap", "values": [0.0, 1.0, 1.0]}


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to another process on Windows")
@pytest.mark.parametrize("name", MIXED)
def test_ctrl_c_gives_the_best_solution_and_leaves_no_orphan(name: str, script: Path) -> None:
    process = start(script, name)
    assert process.stdout is not None
    assert process.stdout.readline() == "SEARCHING\n"
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) == 1
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    answer = json.loads(out.splitlines()[-1])
    assert answer["stopped"] == "interrupted"
    assert hard().violation(answer["values"]) <= 1e-6
    assert err == ""
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL does not exist on Windows")
def test_the_child_ends_and_tidies_up_when_its_parent_is_killed(script: Path, tmp_path: Path) -> None:
    process = start(script, "highs", temporary=tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) == 1
    assert len(list(tmp_path.glob("pklogistics-*"))) == 1
    process.kill()
    process.communicate(timeout=60)
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    assert list(tmp_path.glob("pklogistics-*")) == []


@pytest.mark.parametrize("name", BACKENDS)
def test_nothing_is_printed(name: SolverName, capfd: pytest.CaptureFixture[str]) -> None:
    solve_program(diet(), Options(solver=name))
    if name in MIXED:
        solve_program(hard(), Options(solver=name, time_limit=0.5))
    assert capfd.readouterr() == ("", "")


def test_whoever_says_stop_does_not_wait_for_the_plan_with_everything_in_use() -> None:
    # The idle plan is made whatever is said; the busy one is an attempt, and is told to stop like any search.
    engine, search = search_of(posts(), should_stop=lambda: True)
    watched: list[object] = []
    given = engine.solve_fixed

    def noted(piece: Piece, at: Floats, seconds: float = math.inf, watch=None, *, primal=False) -> Outcome:
        watched.append(watch)
        return given(piece, at, seconds, watch, primal=primal)

    engine.solve_fixed = noted  # type: ignore[method-assign]
    roomy = replace(search.piece, row_upper=np.full(search.piece.rows, np.inf))
    exact.idle_point(engine, roomy)
    exact.busy_point(engine, roomy)
    assert watched == [None, engine.monitor]


@pytest.mark.parametrize("workers", [1, 2])
def test_work_that_is_over_before_it_begins_is_told_so_before_it_does_anything(workers: int) -> None:
    # Again and again: a thread that begins at once must not be done before anybody has asked.
    for _ in range(50):
        assert side_by_side([lambda stop: stop()] * 3, workers, lambda: True) == [True] * 3
    assert side_by_side([lambda stop: stop()] * 3, workers, lambda: False) == [False] * 3
