"""Workers of a Dask cluster that runs already.

Each worker is given a `Desk` as a task of its own, which the scheduler keeps for as long as we are there, and
then every message as a task pinned to that worker. Arrays travel in these messages alone: nothing is
scattered that would be lost with a worker, copied between workers or written to their disks. A pinned task
whose worker is gone would wait for ever, so the scheduler's list of workers is looked at all the time.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import queue
from collections import Counter
from functools import partial
from typing import Any

from pklogistics import __version__
from pklogistics.errors import OptionsError
from pklogistics.solve.crew.desk import Desk
from pklogistics.solve.crew.team import Event, Hand

_CONNECT_SECONDS, _LOOK_SECONDS, _FETCH_SECONDS, _CLOSE_SECONDS = 5.0, 2.0, 5.0, 2.0
_TRIES = 3
"""So often a worker that is still there may fail."""


class _Remote(Hand):
    """One worker of the cluster, as many messages at a time as it has threads, and one more."""

    def __init__(self, client: Any, address: str, threads: int, events: queue.SimpleQueue[Event]) -> None:
        super().__init__(room=threads + 1)
        self._client, self._events = client, events
        self._there = {"workers": [address], "pure": False}
        self._desk = client.submit(Desk, **self._there)
        self._asked: dict[int, Any] = {}

    def ask(self, ticket: int, message: bytes) -> None:
        """See `Hand`."""
        try:
            future = self._client.submit(Desk.answer, self._desk, message, **self._there)
        except Exception:  # of a client whose scheduler is gone
            self._lost()
            return
        self._asked[ticket] = future
        future.add_done_callback(partial(self._done, ticket))

    def interrupt(self) -> bool:
        """See `Hand`. A task that has begun goes on, and nobody hears of it."""
        self._forget(list(self._asked.values()))
        return False

    def end(self) -> None:
        """Expect nothing of it any more, and let it forget us."""
        self.alive = False
        self._forget([self._desk, *self._asked.values()])

    def _forget(self, futures: list[Any]) -> None:
        self._asked.clear()
        with contextlib.suppress(Exception):  # of a client whose scheduler is gone
            self._client.cancel(futures)

    def _done(self, ticket: int, future: Any) -> None:
        """Pass on a reply; runs in a thread of the client."""
        if ticket not in self._asked:
            return
        try:
            reply = future.result(timeout=_FETCH_SECONDS)
        except Exception:  # Its worker, or what it runs, has failed, in one of very many ways.
            if ticket in self._asked:
                self._lost()
        else:
            self._asked.pop(ticket, None)
            self._events.put(Event(self, ticket, reply))

    def _lost(self) -> None:
        self.alive = False
        self._events.put(Event(self))


class Cluster:
    """The workers that a scheduler knows, whenever they come and go.

    Raises
    ------
    OptionsError
        If Dask is not installed, no scheduler answers, or its workers are none or run other versions.
    """

    def __init__(self, address: str) -> None:
        self._client = _connected(address)
        self._hands: dict[str, _Remote] = {}
        self._failed: Counter[str] = Counter()
        try:
            _require_equals(self._client, address)
        except BaseException:
            self.close()
            raise

    def hands(self, events: queue.SimpleQueue[Event]) -> list[Hand]:
        """See `Source`."""
        present = self._present()
        for address, hand in list(self._hands.items()):
            if address not in present or not hand.alive:
                self._failed[address] += 1
                del self._hands[address]
                hand.end()
        for address, threads in present.items():
            if address not in self._hands and self._failed[address] < _TRIES:
                self._hands[address] = _Remote(self._client, address, threads, events)
        return list(self._hands.values())

    def close(self) -> None:
        """See `Source`."""
        for hand in self._hands.values():
            hand.end()
        self._hands = {}
        with contextlib.suppress(Exception):  # of a client whose scheduler is gone
            self._client.close(timeout=_CLOSE_SECONDS)

    def _present(self) -> dict[str, int]:
        """Return the number of threads of every worker by its address; none if the scheduler is gone."""
        if self._client.status != "running":
            return {}
        try:
            found: dict[str, int] = self._client.sync(
                self._client.scheduler.ncores, callback_timeout=_LOOK_SECONDS
            )
        except (OSError, TimeoutError):
            return {}
        return found


def _connected(address: str) -> Any:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise OptionsError(
            "scheduler needs Dask, which is not installed: pip install 'pklogistics[cluster]'"
        ) from error
    try:
        return distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False, name="pklogistics")
    except (OSError, ValueError, TypeError) as error:
        raise OptionsError(
            f"scheduler is {address!r}, and no Dask scheduler answers there: "
            "start one with `dask scheduler`, and give the address that it prints, such as tcp://host:8786"
        ) from error


def versions() -> tuple[str, str]:
    """Return the versions of pklogistics and OR-Tools, which have to be equal for equal results."""
    return __version__, importlib.metadata.version("ortools")


def _require_equals(client: Any, address: str) -> None:
    """Refuse a cluster without workers, or with such as would give other results."""
    try:
        found: dict[str, Any] = client.run(versions)
    except Exception as error:  # of a worker that cannot import us
        raise OptionsError(
            f"scheduler is {address!r}, whose workers cannot run pklogistics ({error}): "
            f"install version {__version__} where they run"
        ) from error
    if not found:
        raise OptionsError(
            f"scheduler is {address!r}, which has no workers: start some with `dask worker {address}`"
        )
    for worker, theirs in found.items():
        if tuple(theirs) != versions():
            raise OptionsError(
                f"scheduler is {address!r}, whose worker {worker} has pklogistics {theirs[0]} with OR-Tools "
                f"{theirs[1]}: install {versions()[0]} with {versions()[1]} there, for the same results"
            )
