"""libhxl, loaded when it is first used: it takes half a second."""

from __future__ import annotations

from contextlib import redirect_stderr
from functools import cache
from importlib import import_module
from io import StringIO
from typing import Any


@cache
def libhxl() -> Any:
    """Return the package ``hxl``.

    What it says on standard error while it builds the tables of its parsers (once on a machine, or each time
    where it cannot keep them) is no matter for people.
    """
    with redirect_stderr(StringIO()):
        return import_module("hxl")
