"""Between a running solver and the person who waits: progress out, reasons to stop in."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from pklogistics.solve.options import Options, Progress
from pklogistics.solve.solution import Stopped, relative_gap

_REPEAT_SECONDS = 1.0
"""Progress is reported when it changes, and at least this often."""


class Interrupt:
    """Whether Ctrl-C was pressed."""

    pressed = False


@contextmanager
def interrupts() -> Iterator[Interrupt]:
    """Turn the first Ctrl-C into a flag, so that it cannot strike in the middle of a computation.

    A second Ctrl-C raises `KeyboardInterrupt` as always. Python allows signal handlers on the main thread
    only, and a handler of the program's own is left alone: in both cases KeyboardInterrupt is raised.
    """
    interrupt = Interrupt()
    before = signal.getsignal(signal.SIGINT)
    ours = threading.current_thread() is threading.main_thread() and before is signal.default_int_handler
    if not ours:
        yield interrupt
        return

    def note(number: int, frame: FrameType | None) -> None:
        interrupt.pressed = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


class Monitor:
    """Watches the solves of one lexicographic solve; a `Watch`.

    Solvers report objectives in scaled units; ``factor`` takes them back to the tier's own.
    """

    def __init__(self, options: Options, started: float, interrupt: Interrupt) -> None:
        self._options, self._started, self._interrupt = options, started, interrupt
        self._phase, self._incumbent, self._bound = "", math.inf, -math.inf
        self._reported_at = -math.inf
        self.factor = 1.0
        self.reason: Stopped | None = None

    def begin(self, phase: str, incumbent: float, bound: float) -> None:
        """Start watching a tier whose incumbent (infinite if none) and bound are known."""
        self._phase, self._incumbent, self._bound = phase, incumbent, bound
        self._reported_at = -math.inf
        self.factor = 1.0

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Report progress and return why to stop, None to go on."""
        self.tell(incumbent / self.factor, bound / self.factor)
        return self.check()

    def check(self) -> Stopped | None:
        """Return why to stop, None to go on; once there is a reason it stays."""
        if self.reason is None and self._interrupt.pressed:
            self.reason = "interrupted"
        should_stop = self._options.should_stop
        if self.reason is None and should_stop is not None and should_stop():
            self.reason = "stopped"
        return self.reason

    def tell(self, incumbent: float, bound: float) -> None:
        """Report progress in the tier's units, if it is news or if it is time to."""
        better = incumbent < self._incumbent or bound > self._bound
        self._incumbent, self._bound = min(self._incumbent, incumbent), max(self._bound, bound)
        now = time.monotonic()
        if self._options.progress is None or not (better or now - self._reported_at >= _REPEAT_SECONDS):
            return
        self._reported_at = now
        bound = min(self._bound, self._incumbent)
        gap = relative_gap(self._incumbent, bound)
        self._options.progress(Progress(self._phase, self._incumbent, bound, gap, now - self._started))


class Patient:
    """A `Watch` that lets a short computation end, whatever was pressed before."""

    factor = 1.0

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Go on."""
        return None


class Asking:
    """A `Watch` that asks a function whether to stop."""

    factor = 1.0

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Stop once the function says so."""
        return "stopped" if self._stop() else None


class Quiet:
    """Watches the solve of a part: what it finds is no news of the whole, but it ends when the whole does."""

    factor = 1.0

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Return why the whole search has to stop, if it has to."""
        return self._monitor.check()
