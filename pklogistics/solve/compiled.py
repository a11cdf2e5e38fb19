"""Functions that Numba compiles when they are first used, and keeps compiled where there is a place for it.

It does not look at other files when it decides whether what it has kept is still good. So functions call none
that stand in another file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function when it is first called; other threads run meanwhile."""
    try:
        made = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # There is no place to keep it: neither beside its file nor in the user's cache.
        made = njit(nogil=True)(function)
    return cast(Function, made)
