"""What a worker keeps: arrays of bundles by their keys, so that a message brings only what is new to it.

The same for a process of ours, which is asked through its pipes, and for a worker of a Dask cluster.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from pklogistics.solve.crew.bundle import Bundle, Order, Priced

if TYPE_CHECKING:  # It runs as a script, and is not loaded a second time.
    from pklogistics.solve.child_main import Channel


@dataclass(frozen=True)
class Message:
    """What is asked of a worker.

    Attributes
    ----------
    new : arrays that the worker has not got, by key
    old : keys of arrays that are not needed any more
    orders : what to price, each with the keys of the arrays of its bundle
    """

    new: dict[bytes, NDArray[Any]]
    old: list[bytes]
    orders: list[tuple[tuple[bytes, ...], Order]]


class Desk:
    """The arrays that one worker keeps."""

    def __init__(self) -> None:
        self._arrays: dict[bytes, NDArray[Any]] = {}

    def answer(self, message: bytes, stop: Callable[[], bool] = lambda: False) -> bytes:
        """Take a pickled `Message`; return a pickled list of `Priced`, with None where arrays are missing.

        They are when the worker that had them was replaced by another of the same address.
        """
        asked: Message = pickle.loads(message)
        for key in asked.old:
            self._arrays.pop(key, None)
        self._arrays.update(asked.new)
        found: list[Priced | None] = []
        for keys, order in asked.orders:
            arrays = [self._arrays[key] for key in keys if key in self._arrays]
            found.append(Bundle(*arrays).price(order, stop) if len(arrays) == len(keys) else None)
        return pickle.dumps(found)


def server() -> Callable[[Channel, bytes], None]:
    """Return what answers the requests to a process of ours; see `child_main`."""
    desk = Desk()

    def answer(channel: Channel, request: bytes) -> None:
        stopped: list[bool] = []
        channel.on_interrupt(lambda: stopped.append(True))
        reply = desk.answer(request, lambda: bool(stopped))
        channel.on_interrupt(None)
        channel.send(b"R", reply)

    return answer
