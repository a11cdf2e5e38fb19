"""Groups of lines by whole numbers: those in a narrow range are not sorted, and come out the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pklogistics.model.sets import grouped


@pytest.mark.parametrize("far", [1, 10**6])  # the second spreads keys so far apart that they are sorted
def test_groups_are_numbered_in_the_order_of_their_keys(far: int) -> None:
    # The keys are (1, -1), (0, 2), (1, -1), (0, -1), (0, 2): in order (0, -1), (0, 2), (1, -1).
    frame = pd.DataFrame({"site": np.array([1, 0, 1, 0, 0]) * far, "period": [-1, 2, -1, -1, 2], "none": -1})
    frame = pd.concat([frame] * 4, ignore_index=True)
    numbers, keys = grouped(frame, ["site", "none", "period"])
    assert numbers.tolist() == [2, 1, 2, 0, 1] * 4
    assert keys.to_dict("list") == {"site": [0, 0, far], "none": [-1, -1, -1], "period": [-1, 2, -1]}


def test_no_lines_are_no_groups() -> None:
    numbers, keys = grouped(pd.DataFrame({"site": np.zeros(0, np.int64)}), ["site"])
    assert (len(numbers), len(keys)) == (0, 0)
