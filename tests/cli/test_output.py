"""What reaches a terminal of 80 columns."""

from __future__ import annotations

import pytest
from rich.console import Group
from rich.text import Text

from pklogistics.cli.output import Output


def test_a_line_to_be_copied_is_whole_among_others_too(capsys: pytest.CaptureFixture[str]) -> None:
    line = f"--set presence.{'k' * 90}.status=allowed"
    Output(as_json=False, quiet=False).show(Group(Text("before"), Group(Text(line, no_wrap=True))))
    assert capsys.readouterr().out.splitlines() == ["before", line]
