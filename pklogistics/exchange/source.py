"""What an importer is made of: a format opens a file, and the file offers instances to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows


@dataclass(frozen=True)
class Draft:
    """Header and tables of a mission that is yet to be checked."""

    header: Mapping[str, Any]
    tables: Mapping[str, Rows]


@dataclass(frozen=True)
class Source:
    """A file that was read: the names of its instances, in its order, and how one becomes a mission."""

    names: tuple[str, ...]
    draft: Callable[[str], Draft]


@dataclass(frozen=True)
class Setting:
    """Something that the file leaves open and the user may choose."""

    default: str
    meaning: str


@dataclass(frozen=True)
class Format:
    """A format: how it is opened, and what may be set.

    ``open`` is called with a file or folder that exists and with a value for every setting. It raises
    `FormatError` where the file is not of the format, and `OptionsError` where a setting does not fit it.
    """

    open: Callable[[Path, Mapping[str, str]], Source]
    settings: Mapping[str, Setting] = field(default_factory=dict)
