"""LibreOffice, where it is installed: what a spreadsheet program makes of our workbooks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

needs_office = pytest.mark.skipif(
    SOFFICE is None,
    reason="soffice is not there: install LibreOffice Calc to open and save workbooks with it",
)


def saved_again(workbook: Path, tmp_path: Path) -> Path:
    """Open a workbook in LibreOffice, save it as another, and return that."""
    assert SOFFICE is not None
    profile = (
        tmp_path / "profile"
    ).as_uri()  # Beside a running office another one needs a profile of its own.
    words = [SOFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx"]
    out = tmp_path / "saved"
    subprocess.run([*words, "--outdir", out, workbook], check=True, capture_output=True, timeout=120)
    return out / workbook.name
