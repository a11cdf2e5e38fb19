"""Plans for people: a summary for the terminal and a page that opens in any browser, offline."""

from __future__ import annotations

from pklogistics.report.html import report

__all__ = ["report"]
