"""Who prices blocks makes no difference but in time: alone, by processes that die, on a Dask cluster."""

from __future__ import annotations

import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from pklogistics.errors import OptionsError
from pklogistics.model.program import Floats
from pklogistics.solve import Options, solve_program
from pklogistics.solve.crew import Alone, Crew, cluster, crew_of
from pklogistics.solve.crew.bundle import Bundle, Order, Priced
from pklogistics.solve.crew.cluster import Cluster
from pklogistics.solve.crew.desk import Desk, Message
from pklogistics.solve.crew.processes import Processes
from pklogistics.solve.crew.team import UNAIDED, Event, Hand, Team
from pklogistics.solve.decomposition.dual import Dual
from pklogistics.solve.decomposition.pricing import Pricer
from pklogistics.solve.decomposition.split import Split, split_of
from pklogistics.solve.implied import implied_bounds
from pklogistics.solve.piece import Piece, piece_of
from tests.solve.programs import hamlets

ROOT = Path(__file__).resolve().parents[2]
COUNT = 260
"""Hamlets: five bundles of at most 64."""

Stop = Callable[[], bool]


def never() -> bool:
    return False


def taken_apart() -> tuple[Piece, Split, tuple[Floats, Floats]]:
    program = hamlets(COUNT)
    piece = piece_of(program).with_objective(*program.tier_costs(program.tiers[0]))
    return piece, split_of(piece, program.row_block, program.col_block), implied_bounds(piece)


def passes(crew: Crew, stop: Stop = never) -> tuple[list[float], Floats, Floats]:
    """Return bounds of some passes, the last prices, and how often each column was used by all points."""
    _, split, bounds = taken_apart()
    dual = Dual.of(split, bounds, crew, seed=0)
    prices, found = dual.prices, []
    for number in range(4):
        found.append(dual.evaluate(prices, stop, whole=number > 0))
        prices = dual.ask().prices
    return found, prices, np.asarray(dual.pool.points.sum(axis=0)).ravel()


@pytest.fixture(scope="module")
def alone() -> tuple[list[float], Floats, Floats]:
    return passes(Alone())


def assert_same(found: tuple[list[float], Floats, Floats], other: tuple[list[float], Floats, Floats]) -> None:
    """To the last bit: bounds, prices and points."""
    assert found[0] == other[0]
    assert np.array_equal(found[1], other[1])
    assert np.array_equal(found[2], other[2])


# What travels, and what a worker keeps.


def a_bundle() -> Bundle:
    """Two blocks of one whole column x <= 2 each, in rows 2 x <= 3."""
    two = np.full(2, 2.0)
    return Bundle(
        starts=np.array([0, 1, 2]),
        local_starts=np.array([0, 1, 2]),
        indptr=np.array([0, 1, 2]),
        indices=np.array([0, 1]),
        data=two,
        row_lower=np.full(2, -np.inf),
        row_upper=np.full(2, 3.0),
        lower=np.zeros(2),
        upper=two,
        integer=np.ones(2, dtype=np.bool_),
    )


def an_order(*blocks: int, whole: bool = True) -> Order:
    return Order(np.array([-1.0, 1.0]), np.array(blocks), np.full(len(blocks), whole), seed=0)


@pytest.mark.parametrize("whole", [True, False])
def test_a_block_without_a_point_is_known_for_one_also_in_fractions(whole: bool) -> None:
    impossible = replace(a_bundle(), row_lower=np.array([-np.inf, 5.0]), row_upper=np.array([3.0, np.inf]))
    priced = impossible.price(an_order(0, 1, whole=whole), never)
    assert priced.bounds[1] == np.inf
    assert np.isfinite(priced.bounds[0])


def test_a_bundle_prices_the_blocks_that_it_is_asked_for() -> None:
    # min -x with 2 x <= 3: 1.5 in fractions, 1 in whole numbers; min x is 0. The rest is not touched.
    fractions = a_bundle().price(an_order(0, 1, whole=False), never)
    assert fractions.values.tolist() == [1.5, 0.0]
    assert fractions.bounds == pytest.approx([-1.5, 0.0])
    whole = a_bundle().price(an_order(0), never)
    assert whole.values.tolist() == [1.0, 0.0]
    assert whole.bounds[0] == pytest.approx(-1.0, abs=1e-4)
    assert whole.linear[0] == pytest.approx(-1.5)
    assert (whole.bounds[1], whole.found.tolist()) == (-np.inf, [True, False])
    assert not a_bundle().price(an_order(0, 1), lambda: True).found.any()


def test_equal_arrays_have_equal_keys_and_only_those() -> None:
    bundle = a_bundle()
    assert bundle.keys == a_bundle().keys
    assert bundle.data is bundle.upper
    assert bundle.keys[4] == bundle.keys[8]
    # As many zero bytes in another type are another array.
    zeros = replace(bundle, lower=np.zeros(2), integer=np.zeros(16, dtype=np.bool_))
    assert zeros.keys[7] != zeros.keys[9]


def test_a_desk_keeps_what_it_was_brought_until_it_is_told_to_forget() -> None:
    desk, bundle = Desk(), a_bundle()
    expected = bundle.price(an_order(0, 1), never)

    def asked(new: dict[bytes, Any], old: list[bytes]) -> Priced | None:
        message = Message(new, old, [(bundle.keys, an_order(0, 1))])
        (reply,) = pickle.loads(desk.answer(pickle.dumps(message)))
        assert reply is None or isinstance(reply, Priced)
        return reply

    assert asked({}, []) is None
    for new in (dict(zip(bundle.keys, bundle.arrays, strict=True)), {}):
        found = asked(new, [])
        assert found is not None
        assert np.array_equal(found.values, expected.values)
        assert np.array_equal(found.bounds, expected.bounds)
    assert asked({}, [bundle.keys[0]]) is None


def test_bundles_depend_on_blocks_alone_and_hold_so_many() -> None:
    _, split, bounds = taken_apart()
    blocks = [bundle.blocks for bundle in Pricer(split, bounds, 1)._bundles]
    assert blocks == [64, 64, 64, 64, 4]
    # Blocks of 3,000 columns: two of them are more than a bundle is to have.
    wide = replace(split, starts=split.starts * 750, columns=np.zeros(split.starts[-1] * 750, dtype=np.int64))
    bounds = (np.zeros(1), np.ones(1))
    assert {bundle.blocks for bundle in Pricer(wide, bounds, 1)._bundles} == {1}


# Workers in this process, which do as they are told.


class Tame(Hand):
    """Answers at once; is lost at the message of a number, if there is one; notes what it was brought."""

    def __init__(self, events: queue.SimpleQueue[Event], lost_at: int = -1) -> None:
        super().__init__(room=2)
        self.events, self.lost_at, self.desk = events, lost_at, Desk()
        self.brought: list[int] = []

    def ask(self, ticket: int, message: bytes) -> None:
        if len(self.brought) == self.lost_at:
            self.alive = False
            self.events.put(Event(self))
            return
        self.brought.append(len(pickle.loads(message).new))
        self.events.put(Event(self, ticket, self.desk.answer(message)))

    def interrupt(self) -> bool:
        return False


class Tamer:
    """Brings a new worker for every one that was lost, as long as there are some."""

    def __init__(self, *lost_at: int) -> None:
        self.waiting, self.all, self.now = list(lost_at), list[Tame](), list[Tame]()

    def hands(self, events: queue.SimpleQueue[Event]) -> list[Hand]:
        self.now = [hand for hand in self.now if hand.alive]
        while len(self.now) < 2 and self.waiting:
            self.now.append(Tame(events, self.waiting.pop(0)))
            self.all.append(self.now[-1])
        return list(self.now)

    def close(self) -> None:
        self.waiting, self.now = [], []


def test_a_bundle_travels_once_and_then_only_what_is_new(alone) -> None:
    tamer = Tamer(-1, -1)
    team = Team(tamer)
    assert_same(passes(team), alone)
    # Ten arrays of each of the five bundles, two of which may be equal; costs alone in the passes after.
    brought = [sum(hand.brought) for hand in tamer.all]
    assert sum(len(hand.brought) for hand in tamer.all) == 20
    assert 5 * 8 <= sum(brought) <= 5 * 10
    assert min(brought) > 0
    # Another split of the same blocks, with other bounds: these, and nothing else.
    _, split, (lower, upper) = taken_apart()
    Pricer(split, (lower, np.minimum(upper, 50.0)), team).price(split.piece.costs[split.columns])
    assert sum(sum(hand.brought) for hand in tamer.all) == sum(brought) + 5


@pytest.mark.parametrize("lost_at", [(0, 3, -1, 2, -1), (7, 0, 0, 0, -1)])
def test_what_a_lost_worker_had_to_do_others_do(alone, lost_at: tuple[int, ...]) -> None:
    tamer = Tamer(*lost_at)
    team = Team(tamer)
    assert_same(passes(team), alone)
    assert sum(not hand.alive for hand in tamer.all) >= 2
    assert team.notes == []


@pytest.mark.parametrize("lost_at", [(), (3, 4)])
def test_without_workers_the_process_itself_goes_on_and_says_so(alone, lost_at: tuple[int, ...]) -> None:
    team = Team(Tamer(*lost_at))
    assert_same(passes(team), alone)
    assert team.notes == [UNAIDED]


def test_a_worker_that_has_lost_its_arrays_is_brought_them_again(alone) -> None:
    tamer = Tamer(-1, -1)
    asked: list[None] = []

    def forgetful() -> bool:
        asked.append(None)
        if len(asked) == 12:
            tamer.all[0].desk = Desk()
        return False

    assert_same(passes(Team(tamer), forgetful), alone)
    assert len(asked) > 12


def test_what_no_pass_asks_for_is_forgotten_after_some() -> None:
    tamer = Tamer(-1)
    team = Team(tamer)
    _, split, (lower, upper) = taken_apart()
    costs = split.piece.costs[split.columns]
    Pricer(split, (lower, np.minimum(upper, 50.0)), team).price(costs)
    (hand,) = tamer.all
    kept = len(hand.desk._arrays)
    pricer = Pricer(split, (lower, upper), team)
    for _ in range(20):
        pricer.price(costs)
    # The upper bounds of the first five bundles are gone, those of the second are there.
    assert len(hand.desk._arrays) == len(hand.held) == kept
    assert hand.brought[5:10] == [1] * 5
    assert sum(hand.brought[10:]) == 0


# Real processes.


def children() -> set[psutil.Process]:
    return {p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE}


def test_processes_find_the_same_even_if_one_is_killed_in_the_middle(alone) -> None:
    before, threads = children(), threading.active_count()
    crew = Team(Processes(2))
    asked: list[None] = []

    def kill_one() -> bool:
        asked.append(None)
        if len(asked) == 9:
            min(children() - before, key=lambda p: p.pid).kill()
        return False

    try:
        assert_same(passes(crew), alone)
        assert_same(passes(crew, kill_one), alone)
        assert crew.notes == []
        assert len(asked) > 9
        assert len(children() - before) == 2
    finally:
        crew.close()
    assert children() <= before
    assert threading.active_count() <= threads


def test_where_no_process_can_be_had_this_one_does_it(alone, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process(*args: object, **settings: object) -> None:
        raise OSError("no process can be started here")

    monkeypatch.setattr(subprocess, "Popen", no_process)
    crew = crew_of(Options(workers=2))
    assert_same(passes(crew), alone)
    assert crew.notes == [UNAIDED]


def test_processes_that_cannot_work_are_given_up(alone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pklogistics.solve.crew.processes._SERVICE", "pklogistics.nowhere")
    monkeypatch.setattr("pklogistics.solve.crew.processes._SPARE", 1)
    before = children()
    crew = Team(Processes(1))
    assert_same(passes(crew), alone)
    assert crew.notes == [UNAIDED]
    assert children() <= before


def test_stopping_leaves_the_rest_unpriced_and_the_workers_ready() -> None:
    _, split, bounds = taken_apart()
    before = children()
    crew = Team(Processes(2))
    try:
        pricer = Pricer(split, bounds, crew)
        costs = split.piece.costs[split.columns]
        all_ = pricer.price(costs).bounds
        mine = children() - before
        # How much is priced once somebody says so the second or third time is a matter of speed.
        for times in range(3):
            asked = iter(range(1000))
            some = pricer.price(costs, stop=lambda asked=asked, times=times: next(asked) >= times).bounds
            assert ((some == -np.inf) | (some == all_)).all()
            assert times or (some == -np.inf).all()
            assert (pricer.price(costs).bounds == all_).all()
        assert children() - before == mine
    finally:
        crew.close()


def test_small_programs_begin_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **settings: begun.append(given))
    program = hamlets(100)
    piece = piece_of(program).with_objective(*program.tier_costs(program.tiers[0]))
    split = split_of(piece, program.row_block, program.col_block)
    dual = Dual.of(split, implied_bounds(piece), crew_of(Options(workers=2)), seed=0)
    assert np.isfinite(dual.evaluate(np.zeros(dual.coupling.rows), never))
    assert begun == []


SCRIPT = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import psutil
from pklogistics.solve import Options, solve_program
from tests.solve.programs import hamlets

def tell(progress):
    workers = [p.pid for p in psutil.Process().children() if "child_main.py" in " ".join(p.cmdline())]
    if len(workers) > 1:
        print(json.dumps(workers), flush=True)
        time.sleep(0.05)

options = Options(strategy="decomposition", workers=2, gap=0.0, time_limit=60, progress=tell)
print(solve_program(hamlets(), options).stopped)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to another process on Windows")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_is_left_after_ctrl_c_or_when_we_are_killed(end: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "plan.py"  # as users write them: no ``if __name__ == "__main__"``
    script.write_text(SCRIPT)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, script, ROOT], text=True, **pipes)  # type: ignore[call-overload]
    workers = [psutil.Process(pid) for pid in json.loads(process.stdout.readline())]
    assert len(workers) >= 2
    process.send_signal(end)
    out, err = process.communicate(timeout=60)
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert alive == []
    if end == signal.SIGINT:
        assert out.splitlines()[-1] == "interrupted"
        assert err == ""


# A Dask cluster of real processes.


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as found:
        yield found


def test_a_cluster_gives_the_plan_of_two_processes_even_if_a_worker_is_killed(dask: Any) -> None:
    program = hamlets()
    options = Options(strategy="decomposition", gap=2e-3)
    local = solve_program(program, replace(options, workers=2))
    assert local.stopped == "gap"
    remote = replace(options, scheduler=dask.scheduler_address)
    asked: list[None] = []

    def kill_one() -> bool:
        asked.append(None)
        if len(asked) == 6:
            os.kill(dask.workers[0].pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        return False

    for stop in (never, kill_one):
        found = solve_program(program, replace(remote, should_stop=stop))
        assert np.array_equal(found.values, local.values)
        assert [t.bound for t in found.tiers] == [t.bound for t in local.tiers]
        assert found.notes == local.notes == ()
    assert len(asked) > 6


def test_a_cluster_prices_the_same_and_forgets_us_afterwards(dask: Any, alone) -> None:
    crew = crew_of(Options(scheduler=dask.scheduler_address))
    try:
        assert_same(passes(crew), alone)
        assert crew.notes == []
        assert len(dask.scheduler.tasks) >= 1
    finally:
        crew.close()
    assert list(dask.scheduler.tasks) == []


def test_a_cluster_that_ends_leaves_the_work_to_us(alone) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, processes=False, dashboard_address=":0", silence_logs=50
    ) as brief:
        crew = Team(Cluster(brief.scheduler_address))
    try:
        assert_same(passes(crew), alone)
        assert crew.notes == [UNAIDED]
    finally:
        crew.close()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://here"])
def test_a_cluster_that_is_not_there_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.5)
    with pytest.raises(OptionsError, match="no Dask scheduler answers there") as caught:
        crew_of(Options(scheduler=address))
    assert str(caught.value).startswith(f"scheduler is {address!r}")


class Elsewhere:
    """A client of a cluster whose workers run something else, or cannot be asked."""

    def __init__(self, found: dict[str, tuple[str, str]] | Exception) -> None:
        self.found = found

    def run(self, function: Callable[[], object]) -> dict[str, tuple[str, str]]:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def test_workers_of_another_version_are_refused() -> None:
    ours = cluster.versions()
    cluster._require_equals(Elsewhere({"tcp://a": ours}), "tcp://s")
    other = Elsewhere({"tcp://a": ours, "tcp://b": (ours[0], "9.9")})
    with pytest.raises(OptionsError, match=r"worker tcp://b has pklogistics .* with OR-Tools 9\.9: install"):
        cluster._require_equals(other, "tcp://s")
    without = Elsewhere(ModuleNotFoundError("No module named 'pklogistics'"))
    with pytest.raises(OptionsError, match=r"cannot run pklogistics .* install version"):
        cluster._require_equals(without, "tcp://s")


def test_a_cluster_needs_workers_and_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=0, processes=False, dashboard_address=":0", silence_logs=50
    ) as empty:
        with pytest.raises(OptionsError, match=f"start some with `dask worker {empty.scheduler_address}`"):
            crew_of(Options(scheduler=empty.scheduler_address))
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(OptionsError, match=r"pip install 'pklogistics\[cluster\]'"):
            crew_of(Options(scheduler=empty.scheduler_address))
