"""Solvers that run in a thread of this process and obey MathOpt's interrupter: GLOP and PDLP.

OR-Tools releases the interpreter's lock while it solves. A solve on the main thread would swallow Ctrl-C, so
it runs in a worker, and the main thread waits in short steps. So it does for other work `side_by_side`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    parameters_pb2,
    result_pb2,
)
from ortools.math_opt.core.python import solver

# Not the wrapper beside it, solve_interrupter: that loads absl.logging, a quarter of a child's start.
from ortools.util.python.pybind_solve_interrupter import PySolveInterrupter

from pklogistics.solve.backend import Limits, Outcome, Start, Watch, beginning, outcome_of
from pklogistics.solve.job import attend
from pklogistics.solve.piece import Piece
from pklogistics.solve.wire import model_bytes

_OVERRUN_SECONDS = 0.5
_PATIENCE_SECONDS = 60.0
_WAIT_SECONDS = 0.1

Found = TypeVar("Found")
Task = Callable[[Callable[[], bool]], Found]
"""A computation that is given what says whether to stop."""


def side_by_side(tasks: Sequence[Task[Found]], workers: int, over: Callable[[], bool]) -> list[Found]:
    """Return what tasks found, so many of them at a time, each in a thread.

    Only this thread asks whether it is ``over``, first before any task begins; tasks are told.
    """
    ended = threading.Event()
    if over():
        ended.set()
    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(task, ended.is_set) for task in tasks]
        try:
            while wait(running, _WAIT_SECONDS).not_done:
                if over():
                    ended.set()
        except BaseException:
            ended.set()
            raise
    return [task.result() for task in running]


def solve_in_thread(
    piece: Piece,
    solver_type: int,
    settings: parameters_pb2.SolveParametersProto,
    limits: Limits,
    start: Start,
    watch: Watch,
) -> Outcome:
    """Solve a piece in a worker thread and return what the solver said."""
    job = ThreadJob(piece, solver_type, settings, beginning(piece, start))
    reason = attend(job, watch, limits.deadline + _OVERRUN_SECONDS)
    if job.result is None:
        return Outcome("failed", detail=job.error)
    return outcome_of(job.result, piece, reason)


class ThreadJob:
    """One solve in a worker thread, as a `Job`."""

    def __init__(
        self,
        piece: Piece,
        solver_type: int,
        settings: parameters_pb2.SolveParametersProto,
        begin: model_parameters_pb2.ModelSolveParametersProto,
    ) -> None:
        self.incumbent, self.bound = math.inf, -math.inf
        self.result: result_pb2.SolveResultProto | None = None
        self.error = ""
        self._piece, self._type, self._settings, self._begin = piece, solver_type, settings, begin
        self._interrupter = PySolveInterrupter()
        self._done = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return whether the solver has ended."""
        return self._done.wait(seconds)

    def stop(self) -> None:
        """Interrupt the solver and wait for it, through any further Ctrl-C."""
        self._interrupter.interrupt()
        for _ in range(int(_PATIENCE_SECONDS / 0.1)):
            try:
                if self._done.wait(0.1):
                    return
            except KeyboardInterrupt:
                continue
        self.error = f"it did not end within {_PATIENCE_SECONDS:g} s of being interrupted"

    def _run(self) -> None:
        try:
            result = solver.solve(
                model_pb2.ModelProto.FromString(model_bytes(self._piece)),
                self._type,
                parameters_pb2.SolverInitializerProto(),
                self._settings,
                self._begin,
                None,
                callback_pb2.CallbackRegistrationProto(),
                None,
                self._interrupter,
            )
            self.result = result
        except Exception as error:  # OR-Tools masks its own error with another; the context has the real one
            self.error = str(error.__context__ or error) or type(error).__name__
        finally:
            self._done.set()
