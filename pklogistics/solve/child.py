"""A solver in a child process, which can be ended at any time."""

from __future__ import annotations

import contextlib
import math
import struct
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from ortools.math_opt import result_pb2, sparse_containers_pb2

from pklogistics.solve.process import Process

_REQUEST = struct.Struct(">QQQQ")
_FLUSH_SECONDS = 0.5
_INTERRUPT_SECONDS = 0.5

LogReader = Callable[[str], tuple[float, float]]
"""Takes log lines, returns the best bound and the best objective named in them, infinite if none."""


class Child:
    """The child process as a `Job`: one request at a time, its frames read by a thread.

    ``solution`` is the last improving one that the solver has passed on; HiGHS writes its own to the file
    ``solutions`` instead.

    Parameters
    ----------
    read_log : how to read the solver's log
    obedient : whether the solver obeys an interrupt; one that does not is killed at once
    """

    def __init__(self, read_log: LogReader, *, obedient: bool) -> None:
        self._read_log, self._obedient = read_log, obedient
        self._folder = tempfile.TemporaryDirectory(prefix="pklogistics-", ignore_cleanup_errors=True)
        self.solutions = Path(self._folder.name) / "improving.sol"
        self.incumbent, self.bound = math.inf, -math.inf
        self.result: result_pb2.SolveResultProto | None = None
        self.solution: sparse_containers_pb2.SparseDoubleVectorProto | None = None
        self.error = ""
        self._done, self._flushed = threading.Event(), threading.Event()
        self._process = Process(self._folder.name, "", self._take, self._ended)

    @property
    def alive(self) -> bool:
        """Whether the process can take a request."""
        return self._process.alive

    def request(self, solver_type: int, *messages: bytes) -> None:
        """Ask for a solve: serialized model, parameters and model parameters."""
        self.incumbent, self.bound = math.inf, -math.inf
        self.result, self.solution, self.error = None, None, ""
        self._done.clear()
        self.solutions.unlink(missing_ok=True)
        self._send(b"S", _REQUEST.pack(solver_type, *map(len, messages)), *messages)
        if not self.alive:
            self._done.set()

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return whether the solve has ended."""
        return self._done.wait(seconds)

    def stop(self) -> None:
        """End the solve; a result that comes in time is kept, and so are saved solutions."""
        with contextlib.suppress(KeyboardInterrupt):
            if self._obedient:
                self._send(b"I")
                self._done.wait(_INTERRUPT_SECONDS)
            if self._done.is_set() and self.result is not None:
                return
            self._send(b"F")
            self._flushed.wait(_FLUSH_SECONDS)
        self._process.kill()

    def end(self) -> None:
        """End the process and remove its files."""
        self._process.kill()
        self._folder.cleanup()

    def _send(self, kind: bytes, *payload: bytes) -> None:
        if not self._process.send(kind, *payload):
            self._done.set()

    def _ended(self) -> None:
        self._flushed.set()
        self._done.set()

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == b"L":
            bound, incumbent = self._read_log(payload.decode("utf-8", "replace"))
            self.bound, self.incumbent = max(self.bound, bound), min(self.incumbent, incumbent)
        elif kind == b"V":
            self.solution = sparse_containers_pb2.SparseDoubleVectorProto.FromString(payload)
        elif kind == b"R":
            self.result = result_pb2.SolveResultProto.FromString(payload)
            self._done.set()
        elif kind == b"E":
            self.error = payload.decode("utf-8", "replace")
            self._done.set()
        elif kind == b"F":
            self._flushed.set()
