"""A process of ours: started for one kind of request, ended when we like, gone when we are gone."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

_HEADER = struct.Struct(">cQ")
_SCRIPT = Path(__file__).with_name("child_main.py")
_JOIN_SECONDS = 0.5

_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The cores are for the processes: none of them needs threads for its arithmetic."""


class Process:
    """A process that runs `child_main`, and a thread that reads what it sends.

    Parameters
    ----------
    folder : what the process removes if we are gone before it, may be empty
    service : module whose ``server()`` answers the requests; empty for solvers
    take : called from the thread with kind and payload of every frame
    gone : called from the thread when no more will come

    Raises
    ------
    OSError
        If no process can be started.
    """

    def __init__(
        self, folder: str, service: str, take: Callable[[bytes, bytes], None], gone: Callable[[], None]
    ) -> None:
        self._take, self._gone = take, gone
        # Whatever can fail comes before the process, so that none is left behind.
        welcome = json.dumps([sys.path, folder, service]).encode()
        self._process = _popen()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.send(b"P", welcome)

    @property
    def alive(self) -> bool:
        """Whether the process can take a request."""
        return self._reader.is_alive()

    def send(self, kind: bytes, *payload: bytes) -> bool:
        """Send one frame; return whether the process is there to take it."""
        try:
            self._in.write(_HEADER.pack(kind, sum(map(len, payload))))
            for part in payload:
                self._in.write(part)
            self._in.flush()
        except (OSError, ValueError):
            return False
        return True

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        self._reader.join(_JOIN_SECONDS)
        for pipe in (self._in, self._out):
            with contextlib.suppress(OSError):
                pipe.close()

    def _read(self) -> None:
        # A pipe that breaks means the same as one that ends.
        with contextlib.suppress(OSError, ValueError, struct.error):
            while header := self._out.read(_HEADER.size):
                kind, length = _HEADER.unpack(header)
                self._take(kind, self._out.read(length))
        self._gone()


def _popen() -> subprocess.Popen[bytes]:
    # A process group of its own keeps the terminal's Ctrl-C from the child: we decide when it ends.
    windows = [getattr(subprocess, name, 0) for name in ("CREATE_NO_WINDOW", "CREATE_NEW_PROCESS_GROUP")]
    return subprocess.Popen(
        [sys.executable, "-I", str(_SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
        creationflags=sum(windows),
        env={**os.environ, **_ONE_THREAD},
    )
