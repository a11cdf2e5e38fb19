"""Waiting for a solver that runs beside us, and ending it in time."""

from __future__ import annotations

import time
from typing import Protocol

from pklogistics.solve.backend import Watch
from pklogistics.solve.solution import Stopped

_POLL_SECONDS = 0.1


class Job(Protocol):
    """A solver at work in a thread or another process."""

    @property
    def incumbent(self) -> float:
        """Objective of the best solution so far, infinite if none."""

    @property
    def bound(self) -> float:
        """Best bound so far, minus infinity if none."""

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return whether the solver has ended."""

    def stop(self) -> None:
        """End the solver and return when it has ended; what it found stays readable."""


def attend(job: Job, watch: Watch, deadline: float) -> Stopped | None:
    """Wait until a job ends or has to be ended; return why we ended it, None if it ended by itself.

    ``deadline`` (seconds of ``time.monotonic()``) is later than the one the solver was given: it is for
    solvers that overrun theirs. Whatever the watch raises is raised on after the job has ended.
    """
    reason: Stopped | None = None
    try:
        while not job.wait(_POLL_SECONDS):
            if time.monotonic() > deadline:
                reason = "time"
                break
            reason = watch.poll(job.incumbent, job.bound)
            if reason is not None:
                break
    except KeyboardInterrupt:
        reason = "interrupted"
    except BaseException:
        job.stop()
        raise
    if reason is not None:
        job.stop()
    return reason
