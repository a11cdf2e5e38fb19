"""What was read, as a person checks it."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console

import pklogistics
from pklogistics.report.reading import what_was_read
from tests.report.missions import hostile
from tests.report.test_pipeline import relief


def lines(mission, width=80):
    console = Console(width=width, color_system=None, markup=False, highlight=False)
    with console.capture() as shown:
        console.print(what_was_read(mission))
    return shown.get().splitlines()


def test_each_table_says_what_it_holds():
    text = "\n".join(line.rstrip() for line in lines(hostile()[0]))
    for words in (
        "2 periods of 30 days, 1 April 2011 to 30 May 2011",
        "Where: 11 with coordinates, 12 regions",  # The last of 12 has none.
        "What: 1 sector",
        "Who needs it: 1.2k needs in a period, on average",  # 100 at each of 12 sites.
        "Who can help: 1 capability",
        "Who pays: 100k <i>USD</i>, 1 of 1 without earmark",
        "Who protects: 2 units, 20 persons",  # 2 of 10 persons each.
        "Where goods are: 1 commodity",
    ):
        assert words in text, words
    assert "How goods move: 1 mode, 1 under escort only" in "\n".join(lines(relief()[0]))


def test_it_fits_and_names_no_table_that_is_not_there():
    for mission in (hostile()[0], pklogistics.read("instances/unoci-2011")):
        assert max(cell_len(line) for line in lines(mission)) <= 80
    text = "\n".join(lines(pklogistics.read("instances/tiny-first")))
    assert "Who pays" not in text
    assert "funds" not in text
