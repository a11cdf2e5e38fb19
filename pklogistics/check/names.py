"""Labels as whole numbers, so that tables join fast, and back again for the reader.

A code is the position of the label in its list of names. ``BLANK`` stands for an empty cell and
``UNKNOWN`` for a label that the mission does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BLANK = -1
UNKNOWN = -2

Codes = NDArray[np.int64]

# The kind of name that a column holds, where the column is not called after it.
KIND_OF_COLUMN = {"post": "site", "origin": "place", "destination": "place", "kind": "opening"}

SCOPES = ("anywhere", "region", "site")
KINDS_OF_COST = (
    *("mobilisation", "base", "presence", "service", "deployment", "sustainment"),
    *("procurement", "transport", "depot", "route"),
)
ELASTIC_RULES = ("N3", "C6", "C9", "T3", "Q1", "S1")
MEASURES = ("people", "persons")
CARGO = ("any", "unescorted")
SOURCES = ("stock", "pledge")
OPENINGS = ("depot", "route")
LOCAL = "local"


@dataclass(frozen=True)
class Names:
    """The known names of each kind (site, activity, ...), in the order of the mission's tables."""

    known: Mapping[str, pd.Index[Any]]

    def has(self, column: str) -> bool:
        """Tell whether a column of this name holds labels."""
        return KIND_OF_COLUMN.get(column, column) in self.known

    def code(self, column: str, labels: pd.Series[Any]) -> Codes:
        """Return the code of each label of a column; BLANK for "", UNKNOWN for what is not known."""
        if not len(labels):
            return np.empty(0, dtype=np.int64)
        text = labels.to_numpy(dtype=object)
        known = self.known[KIND_OF_COLUMN.get(column, column)]
        codes = known.get_indexer(pd.Index(text, dtype=object)).astype(np.int64)
        lost = np.flatnonzero(codes < 0)
        if lost.size:
            blank = (text[lost] == "") | pd.isna(text[lost])
            codes[lost] = np.where(blank, BLANK, UNKNOWN)
        return codes

    def label(self, column: str, codes: Codes) -> NDArray[np.object_]:
        """Return the label of each code; "" for BLANK."""
        known = self.known[KIND_OF_COLUMN.get(column, column)].to_numpy(dtype=object)
        return np.append(known, "")[np.where(codes < 0, len(known), codes)]

    def coded(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with every column of labels as codes."""
        columns = {
            column: self.code(column, frame[column]) if self.has(column) else frame[column].array
            for column in frame.columns
        }
        return pd.DataFrame(columns, index=frame.index)


def at(values: NDArray[Any], codes: Codes, blank: Any) -> NDArray[Any]:
    """Return ``values[codes]``, and ``blank`` (one, or one for each) where the code is BLANK or UNKNOWN."""
    if not len(values):
        return np.array(np.broadcast_to(blank, len(codes)))
    return np.where(codes < 0, blank, values[np.maximum(codes, 0)])
