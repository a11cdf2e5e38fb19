"""Who prices bundles: this process alone, or workers among which bundles are divided.

What bundles there are and what comes out of each does not depend on who prices it, nor in which order.
"""

from __future__ import annotations

import pickle
import queue
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pklogistics.solve.crew.bundle import Bundle, Order, Priced
from pklogistics.solve.crew.desk import Message

_FEWEST = 4
"""A pass of fewer bundles is over before workers would have begun."""

_REMEMBERED = 12
"""A worker forgets what so many passes did not ask for: bounds of branches that are over."""

_MOST_BUNDLES = 16
"""Of a message. Messages get smaller towards the end of a pass, so that workers end about together."""

_WAIT_SECONDS, _HANDS_SECONDS, _GRACE_SECONDS = 0.1, 0.5, 0.8
"""How often to ask whether to stop, how often to look for workers, and how long they may take to stop."""

UNAIDED = "sites were priced in this process while no worker was left"


@dataclass(frozen=True)
class Job:
    """A bundle, and what is asked of it; ``number`` is that of the bundle among those of its split."""

    number: int
    bundle: Bundle
    order: Order


class Crew(Protocol):
    """Who prices.

    Attributes
    ----------
    notes : what the user should know of how it went
    """

    notes: list[str]

    def expect(self, jobs: int) -> None:
        """Hear how many jobs there will be at a time, before the first are there."""
        ...

    def price(self, jobs: Sequence[Job], stop: Callable[[], bool]) -> list[Priced | None]:
        """Return what each job found; None, or less than all of its blocks, once ``stop`` says so."""
        ...

    def close(self) -> None:
        """End whatever was begun."""
        ...


class Alone:
    """This process, one bundle after the other."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def expect(self, jobs: int) -> None:
        """Nothing has to begin."""

    def price(self, jobs: Sequence[Job], stop: Callable[[], bool]) -> list[Priced | None]:
        """See `Crew`."""
        return [None if stop() else job.bundle.price(job.order, stop) for job in jobs]

    def close(self) -> None:
        """Nothing was begun."""


@dataclass(frozen=True)
class Event:
    """A reply to the message of that ticket, or news that a worker is there no more."""

    hand: Hand
    ticket: int = -1
    reply: bytes = b""


class Hand(ABC):
    """One worker, and what is known of it.

    Attributes
    ----------
    alive : whether it can be asked
    room : how many messages it is given at a time: one more than it works on
    held : keys of the arrays that it has, with the number of the pass that last asked for each
    old : keys of arrays that it has and need not keep
    """

    def __init__(self, room: int) -> None:
        self.alive, self.room = True, room
        self.held: dict[bytes, int] = {}
        self.old: list[bytes] = []

    @abstractmethod
    def ask(self, ticket: int, message: bytes) -> None:
        """Send a pickled `Message`; its reply comes as an `Event`."""

    @abstractmethod
    def interrupt(self) -> bool:
        """Ask for an end of all that it was asked for; return whether it will reply with what there is."""


class Source(Protocol):
    """Where workers come from."""

    def hands(self, events: queue.SimpleQueue[Event]) -> list[Hand]:
        """Return all workers that there are now, new ones too; their events go to the queue."""
        ...

    def close(self) -> None:
        """End all of them."""
        ...


@dataclass
class _Pass:
    """One pass on its way.

    Attributes
    ----------
    homes : for each worker the positions of jobs of bundles that live there
    homeless : positions of the others
    left : how many are not priced yet
    waiting : how many nobody was asked for yet
    flight : for each ticket who was asked for which positions
    busy : how many messages each worker has to answer
    """

    answers: list[Priced | None]
    homes: dict[Hand, deque[int]]
    homeless: deque[int]
    left: int
    waiting: int
    flight: dict[int, tuple[Hand, list[int]]] = field(default_factory=dict)
    busy: Counter[Hand] = field(default_factory=Counter)

    def ask(self, ticket: int, hand: Hand, most: int) -> list[int]:
        """Return what a worker does next, and note that it was asked for that."""
        positions = [self._next(hand) for _ in range(min(most, self.waiting))]
        self.waiting -= len(positions)
        self.flight[ticket] = hand, positions
        self.busy[hand] += 1
        return positions

    def answered(self, ticket: int) -> list[int]:
        """Return the positions that the reply to a ticket is for."""
        hand, positions = self.flight.pop(ticket)
        self.busy[hand] -= 1
        return positions

    def _next(self, hand: Hand) -> int:
        """Return one of its own, one that has no home, or the last of who has most to do."""
        if self.homes.get(hand):
            return self.homes[hand].popleft()
        if self.homeless:
            return self.homeless.popleft()
        return max(self.homes.values(), key=len).pop()

    def put_back(self, positions: list[int]) -> None:
        """Let anyone do what was asked for in vain."""
        self.homeless.extend(positions)
        self.waiting += len(positions)

    def lose(self, hand: Hand) -> None:
        """Give what a worker had to do to the others."""
        for ticket in [ticket for ticket, (asked, _) in self.flight.items() if asked is hand]:
            self.put_back(self.answered(ticket))
        self.homeless.extend(self.homes.pop(hand, ()))


class Team:
    """Workers that bundles live with.

    A bundle stays with the worker that priced it last; one with nothing left to do takes from the one with
    most. What a worker had to do when it was lost the others do; as long as there is none, this process.
    """

    def __init__(self, source: Source) -> None:
        self.notes: list[str] = []
        self._source, self._alone = source, Alone()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._homes: dict[int, Hand] = {}
        self._tickets = self._passes = 0
        self._hands: list[Hand] = []
        self._looked = float("-inf")

    def expect(self, jobs: int) -> None:
        """Let workers begin, which takes a second or two, if there will be enough for them."""
        if jobs >= _FEWEST:
            self._hands = self._source.hands(self._events)

    def price(self, jobs: Sequence[Job], stop: Callable[[], bool]) -> list[Priced | None]:
        """See `Crew`."""
        if len(jobs) < _FEWEST:
            return self._alone.price(jobs, stop)
        state = self._begun(jobs)
        try:
            while state.left and not stop():
                self._look(state)
                if not self._hands:
                    self._help(jobs, state, stop)
                for hand in self._hands:
                    while state.busy[hand] < hand.room and state.waiting:
                        self._ask(hand, jobs, state)
                self._take(jobs, state, _WAIT_SECONDS if state.flight else 0.0)
            if state.flight:
                self._interrupt(jobs, state)
        except BaseException:
            self.close()
            raise
        return state.answers

    def close(self) -> None:
        """End all workers."""
        self._source.close()
        self._hands = []

    def _begun(self, jobs: Sequence[Job]) -> _Pass:
        """Divide the jobs by where their bundles live, and let workers forget."""
        self._passes += 1
        self._looked = float("-inf")
        homes: dict[Hand, deque[int]] = {}
        homeless: deque[int] = deque()
        for at, job in enumerate(jobs):
            home = self._homes.get(job.number)
            (homeless if home is None or not home.alive else homes.setdefault(home, deque())).append(at)
        for hand in self._hands:
            old = [key for key, last in hand.held.items() if last < self._passes - _REMEMBERED]
            for key in old:
                del hand.held[key]
            hand.old += old
        return _Pass([None] * len(jobs), homes, homeless, len(jobs), len(jobs))

    def _look(self, state: _Pass) -> None:
        """See who is there, now and then."""
        if time.monotonic() - self._looked < _HANDS_SECONDS and all(hand.alive for hand in self._hands):
            return
        before, self._hands = self._hands, self._source.hands(self._events)
        self._looked = time.monotonic()
        for hand in {*before, *state.homes} - set(self._hands):
            state.lose(hand)

    def _help(self, jobs: Sequence[Job], state: _Pass, stop: Callable[[], bool]) -> None:
        """Price one bundle here, as there is nobody who could."""
        if UNAIDED not in self.notes:
            self.notes.append(UNAIDED)
        at = state.homeless.popleft()
        state.answers[at] = jobs[at].bundle.price(jobs[at].order, stop)
        state.left -= 1
        state.waiting -= 1

    def _ask(self, hand: Hand, jobs: Sequence[Job], state: _Pass) -> None:
        """Ask a worker for some bundles; arrays that it has do not travel."""
        self._tickets += 1
        fair = state.waiting // (2 * sum(each.room for each in self._hands))
        asked = [jobs[at] for at in state.ask(self._tickets, hand, min(max(fair, 1), _MOST_BUNDLES))]
        new = {
            key: array
            for job in asked
            for key, array in zip(job.bundle.keys, job.bundle.arrays, strict=True)
            if key not in hand.held
        }
        orders = [(job.bundle.keys, job.order) for job in asked]
        hand.ask(self._tickets, pickle.dumps(Message(new, hand.old, orders)))
        hand.old = []

    def _take(self, jobs: Sequence[Job], state: _Pass, seconds: float) -> None:
        """Take the next event, if one comes in time."""
        try:
            event = self._events.get(timeout=seconds) if seconds > 0 else self._events.get_nowait()
        except queue.Empty:
            return
        hand = event.hand
        if not hand.alive:
            state.lose(hand)
            return
        if event.ticket not in state.flight:
            return
        positions: list[int] = state.answered(event.ticket)
        found: list[Priced | None] = pickle.loads(event.reply)
        if None in found:  # Its arrays were lost.
            hand.held.clear()
        for at, priced in zip(positions, found, strict=True):
            if priced is None:
                state.put_back([at])
                continue
            state.answers[at] = priced
            state.left -= 1
            self._homes[jobs[at].number] = hand
            hand.held.update(dict.fromkeys(jobs[at].bundle.keys, self._passes))

    def _interrupt(self, jobs: Sequence[Job], state: _Pass) -> None:
        """End what is on its way; who does not end in time is not waited for, and will be heard in vain."""
        for hand in {hand for hand, _ in state.flight.values()}:
            if not hand.interrupt():
                state.lose(hand)
        until = time.monotonic() + _GRACE_SECONDS
        while state.flight and (left := until - time.monotonic()) > 0:
            self._take(jobs, state, left)
