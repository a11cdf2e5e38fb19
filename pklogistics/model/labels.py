"""Labels in place of codes, for the tables of a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.sets import Sets


def labels(sets: Sets, kind: str, codes: pd.Series[int] | np.ndarray) -> np.ndarray:
    """Return the labels of codes, "" for a blank."""
    labels = np.append(sets.names.labels[kind].to_numpy(dtype=object), "")
    return np.asarray(labels[np.asarray(codes, dtype=np.int64)], dtype=object)


def labelled(sets: Sets, frame: pd.DataFrame, columns: dict[str, object]) -> pd.DataFrame:
    """Build a table: a column given as a kind takes its labels from the frame's codes of that name."""
    kinds = sets.names.labels
    result = {
        name: labels(sets, name, frame[name])
        if value is None and name in kinds
        else frame[name]
        if value is None
        else value
        for name, value in columns.items()
    }
    return pd.DataFrame(
        {name: np.asarray(value) if not np.isscalar(value) else value for name, value in result.items()},
        index=range(len(frame)),
    )
