"""Writing whole or not at all: beside the place first, and into the place once complete."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give a path in the same folder to write a file or folder at; afterwards it takes the place.

    Whatever goes wrong, a full disk or an interrupt included, what was at ``target`` before stays as it was,
    and nothing else is left.

    Raises
    ------
    OSError
        If writing or renaming fails.
    """
    fresh = _neighbour(target, "new")
    try:
        yield fresh
        if target.is_dir():
            _exchange(fresh, target)
        else:
            fresh.replace(target)
    except BaseException:
        _remove(fresh)
        raise


def _exchange(fresh: Path, target: Path) -> None:
    """Put a new folder in the place of an old one, which cannot be done in one step."""
    old = _neighbour(target, "old")
    target.rename(old)
    try:
        fresh.rename(target)
    except BaseException:
        old.rename(target)
        raise
    _remove(old)


def _neighbour(target: Path, word: str) -> Path:
    return target.with_name(f".{target.name[:100]}.{token_hex(4)}.{word}")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
