"""Writing whole or not at all, and without loss of what others keep in the same folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pklogistics.instance.beside import beside


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Give a path beside ``target`` to write a file or folder at; afterwards it takes the place.

    Whatever goes wrong, a full disk or an interrupt included, what was at ``target`` before is there
    unchanged and nothing else is left. Missing parent folders are made. A folder that is replaced
    hands over the files that the new one does not have, so that nobody loses what they kept in it.

    Raises
    ------
    OSError
        If writing or renaming fails.
    """
    target = target.resolve()
    missing = [folder for folder in target.parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with beside(target) as fresh:
            yield fresh
            if target.is_dir():
                _keep_other_files(target, fresh)
    except BaseException:
        for folder in missing:
            with suppress(OSError):  # Somebody else may have put something there meanwhile.
                folder.rmdir()
        raise


def _keep_other_files(old: Path, fresh: Path) -> None:
    for entry in old.iterdir():
        if os.path.lexists(fresh / entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)
