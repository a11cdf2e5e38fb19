"""Humanitarian tables by their HXL hashtags: 3W/4W and people in need in, 4W out.

Reading, tagging, selecting and validating is done by libhxl, on local files alone. What a sheet leaves open
is assumed, and every assumption and every name that found no match is told.
"""

from __future__ import annotations

from pklogistics.exchange.hxl.fourw import import_4w
from pklogistics.exchange.hxl.matching import Unmatched
from pklogistics.exchange.hxl.outcome import Imported, SheetSettings
from pklogistics.exchange.hxl.people import import_needs
from pklogistics.exchange.hxl.reading import SheetOptions

__all__ = ["Imported", "SheetOptions", "SheetSettings", "Unmatched", "import_4w", "import_needs"]
