"""The process that solvers of integer programs run in, or one of those that price blocks.

HiGHS cannot be interrupted in ours, SCIP and CP-SAT may write on its standard error, and whichever runs
out of memory must not take ours along.

Run by path as a script with Python's ``-I``. For solvers it imports nothing of pklogistics and, beyond the
standard library, only OR-Tools' core, so that it starts fast; another service is a module that it is told of.
It serves one request after another.

A frame is one letter, the length of the payload (8 bytes, big-endian) and the payload:

========  =========================================================================================
to us     ``P`` module search path, our folder and service as JSON; ``S`` solve: solver type and three
          lengths (8 bytes each) and the messages ModelProto, SolveParametersProto,
          ModelSolveParametersProto (of another service: what it says);
          ``I`` interrupt the solve; ``F`` finish: flush files and exit
from us   ``L`` log lines (of CP-SAT: ``bound objective``); ``V`` SparseDoubleVectorProto: an improving
          solution (of SCIP); ``R`` SolveResultProto (of another service: what it says); ``E`` error
          text; ``F`` files are flushed
========  =========================================================================================

When standard input ends, the parent is gone, and so are we, and our folder with us.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import queue
import shutil
import struct
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import BinaryIO, NoReturn

_HEADER = struct.Struct(">cQ")
_REQUEST = struct.Struct(">QQQQ")


class Channel:
    """The two private pipes to the parent, taken before anything can print to them."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "wb")
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        self._lock = threading.Lock()
        self.requests: queue.Queue[bytes] = queue.Queue()
        self._interrupt: Callable[[], None] | None = None
        self._interrupted = False
        self.folder = ""

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Send one frame; a parent that no longer listens ends the process."""
        with self._lock:
            try:
                self._out.write(_HEADER.pack(kind, len(payload)))
                self._out.write(payload)
                self._out.flush()
            except OSError:
                self.leave()

    def receive(self) -> tuple[bytes, bytes]:
        """Return the next frame; the end of the parent ends the process."""
        header = self._in.read(_HEADER.size)
        if len(header) < _HEADER.size:
            self.leave()
        kind, length = _HEADER.unpack(header)
        payload = self._in.read(length)
        if len(payload) < length:
            self.leave()
        return kind, payload

    def leave(self) -> NoReturn:
        """End the process because its parent is gone, which can no longer remove our folder."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)

    def listen(self) -> None:
        """Sort incoming frames for ever; runs in a thread of its own, beside the solver."""
        while True:
            kind, payload = self.receive()
            if kind == b"F":
                _flush_files()
                self.send(b"F")
                os._exit(0)
            elif kind == b"I":
                self._interrupted = True
                if self._interrupt is not None:
                    self._interrupt()
            else:
                self._interrupted = False
                self.requests.put(payload)

    def on_interrupt(self, interrupt: Callable[[], None] | None) -> None:
        """Say what ends the solve that begins now; at once if that is asked for already."""
        self._interrupt = interrupt
        if self._interrupted and interrupt is not None:
            interrupt()


def _flush_files() -> None:
    """Write out what C code still buffers: the last improving solution that HiGHS has saved."""
    try:
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        library.fflush(None)
    except (OSError, AttributeError):
        return


def _mind_the_parent(channel: Channel, parent: int) -> None:
    """Leave once the parent is another: a fork elsewhere may hold our standard input open."""
    while os.getppid() == parent:
        time.sleep(1.0)
    channel.leave()


def _solve(channel: Channel, payload: bytes) -> None:
    from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2
    from ortools.math_opt.core.python import solver
    from ortools.util.python.pybind_solve_interrupter import PySolveInterrupter

    solver_type, first, second, third = _REQUEST.unpack_from(payload)
    body = memoryview(payload)[_REQUEST.size :]
    model = model_pb2.ModelProto.FromString(body[:first])
    settings = parameters_pb2.SolveParametersProto.FromString(body[first : first + second])
    start = model_parameters_pb2.ModelSolveParametersProto.FromString(body[first + second :][:third])

    # An exception in these two would abort the process; sending does not raise.
    def on_log(lines: Sequence[str]) -> None:
        channel.send(b"L", "\n".join(lines).encode("utf-8", "replace"))

    def on_progress(data: callback_pb2.CallbackDataProto) -> callback_pb2.CallbackResultProto:
        stats = data.mip_stats
        channel.send(b"L", f"{stats.dual_bound!r} {stats.primal_bound!r}".encode())
        return callback_pb2.CallbackResultProto()

    def on_solution(data: callback_pb2.CallbackDataProto) -> callback_pb2.CallbackResultProto:
        channel.send(b"V", data.primal_solution_vector.SerializeToString())
        return callback_pb2.CallbackResultProto()

    events = callback_pb2.CallbackRegistrationProto()
    talk: tuple[object, ...] = (on_log, events, None)
    if solver_type == parameters_pb2.SOLVER_TYPE_CP_SAT:
        wanted = (callback_pb2.CALLBACK_EVENT_MIP, callback_pb2.CALLBACK_EVENT_MIP_SOLUTION)
        events.request_registration.extend(wanted)
        events.mip_solution_filter.filter_by_ids = True  # of the solution itself, nothing
        talk = (None, events, on_progress)
    elif solver_type == parameters_pb2.SOLVER_TYPE_GSCIP:
        events.request_registration.append(callback_pb2.CALLBACK_EVENT_MIP_SOLUTION)
        talk = (on_log, events, on_solution)
    interrupter = PySolveInterrupter()
    channel.on_interrupt(interrupter.interrupt)
    init = parameters_pb2.SolverInitializerProto()
    result = solver.solve(model, solver_type, init, settings, start, *talk, interrupter)
    channel.on_interrupt(None)
    channel.send(b"R", result.SerializeToString())


def main() -> None:
    """Serve until the parent ends."""
    channel = Channel()
    parent = os.getppid()
    _, begin = channel.receive()
    sys.path[:], channel.folder, service = json.loads(begin)
    threading.Thread(target=channel.listen, daemon=True).start()
    if sys.platform != "win32":
        threading.Thread(target=_mind_the_parent, args=(channel, parent), daemon=True).start()
    try:  # while the parent prepares
        if service:
            answer = importlib.import_module(service).server()
        else:
            importlib.import_module("ortools.math_opt.core.python.solver")
            answer = _solve
    except ImportError as error:
        channel.send(b"E", str(error).encode())
        return
    while True:
        payload = channel.requests.get()
        try:
            answer(channel, payload)
        except Exception as error:  # whatever it is, the parent must hear of it
            channel.send(b"E", f"{type(error).__name__}: {error.__context__ or error}".encode())


if __name__ == "__main__":
    main()
