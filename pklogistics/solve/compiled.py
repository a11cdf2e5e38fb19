"""Functions that Numba compiles when they are first used, and keeps compiled where there is a place for it.

It does not look at other files when it decides whether what it has kept is still good. So functions call none
that stand in another file.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function when it is first called; other threads run meanwhile.

    Where it cannot be kept it is compiled in each process.
    """
    try:
        made = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # There is no place: neither beside its file nor in the user's cache.
        return cast(Function, njit(nogil=True)(function))
    cache = cast(Any, made)._cache
    save = cache.save_overload

    def saved(*args: Any) -> None:
        with suppress(OSError):  # The disk is full.
            save(*args)

    cache.save_overload = saved
    return cast(Function, made)
