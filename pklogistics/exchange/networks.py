"""Reading links between the numbered nodes of a network: two ends, then what is said of the link."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pklogistics.exchange.numbers import Numbers


def take_links(numbers: Numbers, count: int, columns: Sequence[str], nodes: int, what: str) -> pd.DataFrame:
    """Take ``count`` links, one after the other.

    Parameters
    ----------
    columns
        Names of the numbers of a link in order; the first two are its ends, nodes from 1 to ``nodes``.
    what
        What a link is, for messages: "an edge", say.

    Returns
    -------
    DataFrame
        With these columns; the ends are whole and count from 0.

    Raises
    ------
    FormatError
        If the file ends before, what stands there is no number of 0 or more, or an end is no such node.
    """
    first = numbers.at
    values = numbers.table(count, len(columns), f"{' or '.join(columns)} of {what}")
    ends = values[:, :2]
    strange = np.argwhere((ends != np.round(ends)) | (ends < 1) | (ends > nodes))
    if len(strange):
        link, end = (int(at) for at in strange[0])
        wanted = f"expected {columns[end]} of {what}, a whole number from 1 to {nodes:,}"
        raise numbers.refusal(first + len(columns) * link + end, wanted)
    links = pd.DataFrame(values, columns=list(columns))
    return links.assign(**{name: links[name].astype(np.int64) - 1 for name in columns[:2]})
