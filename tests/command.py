"""The command line, run within the test's own process."""

from __future__ import annotations

from typing import Any

from typer.testing import CliRunner

from pklogistics.cli import app


def run(*words: object, code: int = 0) -> Any:
    """Run a command line, hold it to its exit code, and return what it printed."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result
