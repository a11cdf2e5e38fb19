"""The importer ``sscflp``: what its mission says, what solving it gives, and what it refuses."""

from __future__ import annotations

import pytest

from pklogistics.exchange import import_mission, instances
from tests.exchange.samples import refused, solved

# Two facilities (capacity 10 at 7; capacity 8 at 5) and three customers of 4, 5 and 0.
SAMPLE = "2 3\n10 7\n8 5\n4 5 0\n1 2 3\n2 6 1\n"


def sample(folder, text=SAMPLE):
    file = folder / "two.txt"
    file.write_text(text)
    return file


def test_a_facility_is_an_organisation_and_a_customer_a_site(tmp_path):
    assert instances("sscflp", sample(tmp_path)) == ("two",)
    mission = import_mission("sscflp", sample(tmp_path))
    assert mission.warnings == ()
    assert mission.frame("organisations")["mobilisation_cost"].tolist() == [7.0, 5.0]
    assert mission.frame("staff")["people"].tolist() == [10.0, 8.0]
    # The customer without demand is one person who takes no staff.
    assert mission.frame("needs")["people"].tolist() == [4.0, 5.0, 1.0]
    offered = mission.frame("capabilities")
    assert offered["staff_per_1000"].tolist() == [1000.0, 1000.0, 0.0] * 2
    assert offered["cost_per_presence"].tolist() == [1.0, 2.0, 3.0, 2.0, 6.0, 1.0]


def test_the_solved_mission_is_what_a_hand_finds(tmp_path):
    # The first facility alone holds 9 of 10: 7 + 1 + 2 + 3 = 13. The second alone holds 8 of 9. Both cost 12
    # to open and at least 1 + 2 + 1 to serve from: 16.
    assert solved(import_mission("sscflp", sample(tmp_path))) == pytest.approx([0, 13])


def test_a_customer_is_not_divided(tmp_path):
    # Capacities of 6 and 3 hold demands of 4 and 5 only if the second customer is divided. So one of the two
    # goes without, and 5 is the better to serve.
    assert solved(
        import_mission("sscflp", sample(tmp_path, "2 2\n6 1\n3 1\n4 5\n1 1\n1 1\n"))
    ) == pytest.approx([4, 2])


def test_a_file_laid_out_by_customer_is_the_same(tmp_path):
    # Costs may be broken into lines of any length; each customer's demand begins one.
    plain = import_mission("sscflp", sample(tmp_path, "2 4\n10 7\n8 5\n4 5\n0 6\n1 2\n3 9\n2 6 1 8\n"))
    rows = "2 4\n10 7\n8 5\n4\n1 2\n5 2\n6\n0 3 1\n6\n9\n8\n"
    by_customer = import_mission("sscflp", sample(tmp_path, rows))
    for table in ("needs", "capabilities"):
        assert by_customer.tables[table].equals(plain.tables[table])


@pytest.mark.parametrize("text", [SAMPLE.replace("\n", " "), "\n".join(SAMPLE.split())])
def test_lines_that_tell_nothing_leave_the_layout_of_the_format(tmp_path, text):
    plain = import_mission("sscflp", sample(tmp_path))
    assert import_mission("sscflp", sample(tmp_path, text)).tables["needs"].equals(plain.tables["needs"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2 3", "two 3", "two.txt row 1: is 'two'; expected the number of facilities, a number from 1"),
        (
            "10 7",
            "10 -7",
            "two.txt row 2: is '-7'; expected capacity or fixed cost of a facility, a number of",
        ),
        ("2 6 1", "2 6", "two.txt row 6: ends where cost of serving a customer is expected: there is 5 of 6"),
        ("2 6 1", "2 6 1 9", "two.txt row 6: is '9'; expected the end of the file"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, old, new, words):
    assert old in SAMPLE
    assert refused("sscflp", sample(tmp_path, SAMPLE.replace(old, new)))[0].startswith(words)
