"""The scripts of the page, and a policy that lets nothing else run.

ECharts draws the map and the charts. It is one file, shipped unchanged beside this module with its licences
(see ``echarts/README.md``), because the page must open without any network.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

_OURS = ("setup.js", "cells.js", "map.js", "grid.js", "money.js", "goods.js", "cards.js", "start.js")


@cache
def scripts() -> tuple[str, str]:
    """Return the texts of the two script elements: the library, then what draws this page with it."""
    room = files("pklogistics.report")
    library = room.joinpath("echarts", "echarts.min.js").read_text(encoding="utf-8")
    ours = "".join(room.joinpath("scripts", name).read_text(encoding="utf-8") for name in _OURS)
    # In a function of its own: no name of ours is anybody else's.
    return library, f'(() => {{\n"use strict";\n{ours}}})();\n'


@cache
def security_policy() -> str:
    """Return the page's Content-Security-Policy: these very scripts run, and nothing is fetched.

    Should a name ever escape the escaping, the browser still refuses to run it.
    """
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts()]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:"
