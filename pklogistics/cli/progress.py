"""One line on standard error that tells how a solve is going, where a person watches."""

from __future__ import annotations

import math
import time
from types import TracebackType
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from pklogistics.cli.output import Output
from pklogistics.report import words

if TYPE_CHECKING:
    from pklogistics.solve import Progress

PATIENCE = 1.0
"""Seconds that pass before a line appears: what is over sooner needs none."""


class ProgressLine:
    """A line that appears after a second and is gone at the end; nothing at all off a terminal."""

    def __init__(self, output: Output, phase: str) -> None:
        console = output.messages
        self._began = time.monotonic()
        self._phase, self._figures = phase, ""
        self._live = Live(console=console, get_renderable=self._line, refresh_per_second=4, transient=True)
        self._wanted = console.is_terminal and not console.is_dumb_terminal and not output.quiet

    def __enter__(self) -> ProgressLine:
        if self._wanted:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wanted:
            self._live.stop()

    def phase(self, name: str) -> None:
        """Tell which phase has begun."""
        self._phase, self._figures = name, ""

    def progress(self, progress: Progress) -> None:
        """Tell where the solve stands; a callback for `Options`."""
        self._phase, self._figures = progress.phase, _figures(progress)

    def _line(self) -> Text:
        seconds = time.monotonic() - self._began
        if seconds < PATIENCE:
            return Text()
        return Text(f"{seconds:5.0f} s  {self._phase}{self._figures}", no_wrap=True, overflow="ellipsis")


def _figures(progress: Progress) -> str:
    if not math.isfinite(progress.incumbent):
        found = "" if not math.isfinite(progress.bound) else "  no plan yet"
    else:
        found = f"  plan {words.number(progress.incumbent)}"
    if not math.isfinite(progress.bound):
        return found
    proven = f"  gap {words.gap(progress.gap)}" if math.isfinite(progress.gap) else ""
    return f"{found}  bound {words.number(progress.bound)}{proven}"
