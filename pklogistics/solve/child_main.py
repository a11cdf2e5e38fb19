"""The process that HiGHS and SCIP run in.

HiGHS cannot be interrupted in ours, and SCIP writes on its standard error.

Run by path as a script with Python's ``-I``. It imports nothing of pklogistics and, beyond the standard
library, only OR-Tools' core, so that it starts fast. It serves one request after another.

A frame is one letter, the length of the payload (8 bytes, big-endian) and the payload:

========  =========================================================================================
to us     ``P`` module search path as JSON; ``S`` solve: solver type and three lengths (8 bytes each) and
          the messages ModelProto, SolveParametersProto, ModelSolveParametersProto; ``I`` interrupt the
          solve; ``F`` finish: flush files and exit
from us   ``L`` log lines; ``R`` SolveResultProto; ``E`` error text; ``F`` files are flushed
========  =========================================================================================

When standard input ends, the parent is gone, and so are we.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import queue
import struct
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import BinaryIO

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
        self.interrupt: Callable[[], None] | None = None

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Send one frame; a parent that no longer listens ends the process."""
        with self._lock:
            try:
                self._out.write(_HEADER.pack(kind, len(payload)))
                self._out.write(payload)
                self._out.flush()
            except OSError:
                os._exit(0)

    def receive(self) -> tuple[bytes, bytes]:
        """Return the next frame; the end of the parent ends the process."""
        header = self._in.read(_HEADER.size)
        if len(header) < _HEADER.size:
            os._exit(0)
        kind, length = _HEADER.unpack(header)
        payload = self._in.read(length)
        if len(payload) < length:
            os._exit(0)
        return kind, payload

    def listen(self) -> None:
        """Sort incoming frames for ever; runs in a thread of its own, beside the solver."""
        while True:
            kind, payload = self.receive()
            if kind == b"F":
                _flush_files()
                self.send(b"F")
                os._exit(0)
            elif kind == b"I":
                if self.interrupt is not None:
                    self.interrupt()
            else:
                self.requests.put(payload)


def _flush_files() -> None:
    """Write out what C code still buffers: the last improving solution that HiGHS has saved."""
    try:
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        library.fflush(None)
    except (OSError, AttributeError):
        return


def _mind_the_parent(parent: int) -> None:
    """Exit once the parent is another: a fork elsewhere may hold our standard input open."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)


def _solve(channel: Channel, payload: bytes) -> None:
    from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2
    from ortools.math_opt.core.python import solver
    from ortools.util.python.solve_interrupter import SolveInterrupter

    solver_type, first, second, third = _REQUEST.unpack_from(payload)
    body = memoryview(payload)[_REQUEST.size :]
    model = model_pb2.ModelProto.FromString(body[:first])
    settings = parameters_pb2.SolveParametersProto.FromString(body[first : first + second])
    start = model_parameters_pb2.ModelSolveParametersProto.FromString(body[first + second :][:third])

    def on_log(lines: Sequence[str]) -> None:
        # An exception here would abort the process; sending does not raise.
        channel.send(b"L", "\n".join(lines).encode("utf-8", "replace"))

    interrupter = SolveInterrupter()
    channel.interrupt = interrupter.interrupt
    result = solver.solve(
        model,
        solver_type,
        parameters_pb2.SolverInitializerProto(),
        settings,
        start,
        on_log,
        callback_pb2.CallbackRegistrationProto(),
        None,
        interrupter.pybind_interrupter,
    )
    channel.interrupt = None
    channel.send(b"R", result.SerializeToString())


def main() -> None:
    """Serve until the parent ends."""
    channel = Channel()
    _, path = channel.receive()
    sys.path[:] = json.loads(path)
    threading.Thread(target=channel.listen, daemon=True).start()
    if sys.platform != "win32":
        threading.Thread(target=_mind_the_parent, args=(os.getppid(),), daemon=True).start()
    try:
        importlib.import_module("ortools.math_opt.core.python.solver")  # while the parent prepares
    except ImportError as error:
        channel.send(b"E", str(error).encode())
        return
    while True:
        payload = channel.requests.get()
        try:
            _solve(channel, payload)
        except Exception as error:  # whatever it is, the parent must hear of it
            channel.send(b"E", f"{type(error).__name__}: {error.__context__ or error}".encode())


if __name__ == "__main__":
    main()
