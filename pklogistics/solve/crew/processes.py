"""Workers that are processes of ours, on this machine."""

from __future__ import annotations

import queue
from collections import deque

from pklogistics.solve.crew.team import Event, Hand
from pklogistics.solve.process import Process

_SERVICE = "pklogistics.solve.crew.desk"
_SPARE = 3
"""So often each process is replaced in one solve: a machine on which more are lost does better without."""


class _Child(Hand):
    """One process. It is given one message more than it works on, so that it never waits for us."""

    def __init__(self, events: queue.SimpleQueue[Event]) -> None:
        super().__init__(room=2)
        self._events, self._tickets = events, deque[int]()
        self._process = Process("", _SERVICE, self._take, self._gone)

    def ask(self, ticket: int, message: bytes) -> None:
        """See `Hand`."""
        self._tickets.append(ticket)  # It answers in order.
        if not self._process.send(b"S", message):
            self._gone()

    def interrupt(self) -> bool:
        """See `Hand`."""
        return self._process.send(b"I")

    def end(self) -> None:
        """End the process."""
        self.alive = False
        self._process.kill()

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == b"R":
            self._events.put(Event(self, self._tickets.popleft(), payload))
        else:
            self._gone()

    def _gone(self) -> None:
        self.alive = False
        self._events.put(Event(self))


class Processes:
    """So many processes, begun when they are first asked for; each that is lost is replaced."""

    def __init__(self, count: int) -> None:
        self._hands: list[_Child] = []
        self._count, self._spare = count, _SPARE * count

    def hands(self, events: queue.SimpleQueue[Event]) -> list[Hand]:
        """See `Source`."""
        for hand in [hand for hand in self._hands if not hand.alive]:
            hand.end()
            self._hands.remove(hand)
            self._spare -= 1
        try:
            while len(self._hands) < self._count and self._spare >= 0:
                self._hands.append(_Child(events))
        except OSError:  # There can be no more.
            self._count = len(self._hands)
        return list(self._hands)

    def close(self) -> None:
        """See `Source`."""
        for hand in self._hands:
            hand.end()
        self._hands = []
