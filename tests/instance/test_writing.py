"""Writing whole or not at all: whatever fails, what was there stays, and nothing else is left."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from pklogistics.errors import PklogisticsError
from pklogistics.instance import folder as folder_module
from pklogistics.instance import read, write
from pklogistics.instance.files import WRITERS
from tests.instance.small_mission import mission

CONTAINERS = ("out", "out.xlsx", "out.json")


def _left(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_or_an_interrupt_leaves_things_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    old = mission()
    write(old, tmp_path / name)
    suffix = Path(name).suffix

    def half(one: Any, path: Path, whole: Any = WRITERS[suffix]) -> None:
        whole(one, path)
        raise error

    monkeypatch.setitem(WRITERS, suffix, half)
    expected = PklogisticsError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write(mission({"name": "new"}), tmp_path / name, overwrite=True)
    assert _left(tmp_path) == [name]
    assert read(tmp_path / name) == old


def test_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(one: Any, path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(WRITERS, "", full)
    with pytest.raises(
        PklogisticsError, match="could not be written: No space left on device; nothing was changed"
    ):
        write(mission(), tmp_path / "out")


def test_a_failed_exchange_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = mission()
    write(old, tmp_path / "out")
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(PklogisticsError, match="Input/output error"):
        write(mission({"name": "new"}), tmp_path / "out", overwrite=True)
    assert _left(tmp_path) == ["out"]
    assert read(tmp_path / "out") == old


@pytest.mark.parametrize("name", CONTAINERS)
def test_nothing_is_overwritten_unless_asked(tmp_path: Path, name: str) -> None:
    old, new = mission(), mission({"name": "new"})
    write(old, tmp_path / name)
    with pytest.raises(PklogisticsError, match="is there already; choose another place, or overwrite it"):
        write(new, tmp_path / name)
    assert read(tmp_path / name) == old
    write(new, tmp_path / name, overwrite=True)
    assert read(tmp_path / name) == new
    assert _left(tmp_path) == [name]


def test_an_overwritten_folder_keeps_what_is_no_part_of_a_mission(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(mission(staff=[{"organisation": "wfp", "people": 3}]), out)
    (out / "README.md").write_text("about")
    (out / "maps").mkdir()
    (out / "maps" / "north.svg").write_text("<svg/>")
    write(mission(), out, overwrite=True)
    assert (out / "README.md").read_text() == "about"
    assert (out / "maps" / "north.svg").read_text() == "<svg/>"
    # The new mission has no staff, so the table of the old one must not switch its rules on again.
    assert not (out / "staff.csv").exists()
    assert read(out) == mission()


def test_a_folder_of_something_else_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_text("")
    with pytest.raises(PklogisticsError, match=r"is a folder without mission.toml; it is not overwritten"):
        write(mission(), tmp_path / "photos", overwrite=True)
    assert _left(tmp_path / "photos") == ["one.jpg"]


def test_an_empty_folder_is_free(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(mission(), tmp_path / "out")
    assert read(tmp_path / "out") == mission()


def test_a_missing_parent_and_an_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(PklogisticsError, match="is not a folder; make it first"):
        write(mission(), tmp_path / "no" / "out")
    with pytest.raises(
        PklogisticsError, match=r"a mission is written as a folder \(no suffix\), .xlsx or .json"
    ):
        write(mission(), tmp_path / "out.ods")
    assert _left(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_what_is_written_can_be_read_by_others_as_usual(tmp_path: Path) -> None:
    write(mission(), tmp_path / "out")
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_header_is_named_by_its_folder(tmp_path: Path) -> None:
    write(mission(), tmp_path / "out")
    assert read(tmp_path / "out" / folder_module.HEADER) == mission()
