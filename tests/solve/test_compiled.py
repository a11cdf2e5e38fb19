"""What is compiled works whether or not there is a place to keep it."""

from __future__ import annotations

import pytest
from numba.core import caching

from pklogistics.solve.compiled import compiled


def doubled(value: float) -> float:
    return 2.0 * value


def test_what_cannot_be_kept_on_a_full_disk_is_used_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def full(*_: object) -> None:
        tried.append(True)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(caching.IndexDataCacheFile, "save", full)
    monkeypatch.setattr(caching.IndexDataCacheFile, "load", lambda *_: None)
    assert compiled(doubled)(1.5) == 3.0
    assert tried


def test_where_there_is_no_place_at_all_it_is_compiled_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(self: object, *_: object) -> None:
        raise RuntimeError("no locator available")

    monkeypatch.setattr(caching.FunctionCache, "__init__", nowhere)
    assert compiled(doubled)(1.5) == 3.0
