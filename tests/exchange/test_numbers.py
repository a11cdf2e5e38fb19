"""Files of numbers: taken in order, and told by line where they are not what is expected."""

from __future__ import annotations

import gzip

import pytest

from pklogistics.exchange import FormatError
from pklogistics.exchange.numbers import numbers_of, read_numbers


def told(action):
    """Return the problems that an action is refused with."""
    with pytest.raises(FormatError) as raised:
        action()
    return [str(problem) for problem in raised.value.problems]


def test_numbers_are_taken_in_order_across_lines():
    numbers = numbers_of("2 3\n\n1.5 .5\t1e2\n-4 0 7\n", "a.txt")
    assert (numbers.whole("rows"), numbers.whole("columns")) == (2, 3)
    assert numbers.table(2, 3, "cost", low=-9).tolist() == [[1.5, 0.5, 100.0], [-4.0, 0.0, 7.0]]
    numbers.end()


def test_every_place_that_is_no_such_number_is_told_with_its_line():
    numbers = numbers_of("1 x\n-2 inf 1_0 nan\n101", "a.txt")
    assert told(lambda: numbers.take(7, "cost", high=100)) == [
        "a.txt row 1: is 'x'; expected cost, a number from 0 to 100",
        "a.txt row 2: is '-2'; expected cost, a number from 0 to 100",
        "a.txt row 2: is 'inf'; expected cost, a number from 0 to 100",
        "a.txt row 2: is '1_0'; expected cost, a number from 0 to 100",
        "a.txt row 2: is 'nan'; expected cost, a number from 0 to 100",
        "a.txt row 3: is '101'; expected cost, a number from 0 to 100",
    ]
    assert numbers.left == 7  # Nothing was taken.


def test_of_many_wrong_places_the_first_are_worded_and_the_rest_counted():
    problems = told(lambda: numbers_of("x\n" * 50, "a.txt").take(50, "cost"))
    assert len(problems) == 21
    assert "and 30 more rows have such a problem, the next in row 21" in problems[-1]


def test_a_file_that_ends_early_or_late_is_told():
    numbers = numbers_of("1\n2 3", "a.txt")
    assert told(lambda: numbers.take(4, "cost")) == [
        "a.txt row 2: ends where cost is expected: there is 3 of 4 numbers"
    ]
    numbers.take(2, "cost")
    assert told(numbers.end) == ["a.txt row 2: is '3'; expected the end of the file: 1 numbers are left over"]
    assert told(lambda: numbers_of("", "a.txt").whole("rows")) == [
        "a.txt: ends where rows is expected: there is nothing"
    ]


def test_counts_are_whole_and_at_least_one():
    assert told(lambda: numbers_of("2.5", "a.txt").whole("rows")) == [
        "a.txt row 1: is '2.5'; expected rows, a whole number"
    ]
    assert "expected rows, a number from 1" in told(lambda: numbers_of("0", "a.txt").whole("rows"))[0]


def test_a_word_may_stand_for_a_number():
    numbers = numbers_of("capacity 7500", "a.txt", words={"capacity": 8000.0})
    assert numbers.take(2, "capacity").tolist() == [8000.0, 7500.0]


def test_lines_end_as_they_end_on_any_machine(tmp_path):
    for name, ends in (("unix.txt", "\n"), ("windows.txt", "\r\n"), ("old.txt", "\r")):
        (tmp_path / name).write_bytes(f"1{ends}x".encode())
        numbers = read_numbers(tmp_path / name)
        assert numbers.whole("a number") == 1
        assert told(lambda numbers=numbers: numbers.whole("a number"))[0].startswith(f"{name} row 2: is 'x'")


def test_a_packed_file_that_is_damaged_inside_is_told(tmp_path):
    packed = bytearray(gzip.compress(b"1 2 3 " * 200))
    packed[12:20] = b"\xff" * 8
    (tmp_path / "a.txt.gz").write_bytes(packed)
    assert "a.txt.gz: cannot be unpacked" in told(lambda: read_numbers(tmp_path / "a.txt.gz"))[0]


def test_a_packed_file_is_unpacked(tmp_path):
    file = tmp_path / "a.txt.gz"
    file.write_bytes(gzip.compress(b"1 2 3"))
    assert read_numbers(file).left == 3
    file.write_bytes(b"1 2 3")
    assert "a.txt.gz: cannot be unpacked" in told(lambda: read_numbers(file))[0]
    file.write_bytes(gzip.compress(b"1 2 3" * 99)[:-9])
    assert "a.txt.gz: cannot be unpacked" in told(lambda: read_numbers(file))[0]


def test_what_fills_a_block_of_the_disk_is_not_read(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"1 2\r\n3\0\0\0\0 39. 4")
    numbers = read_numbers(file)
    assert numbers.take(3, "cost").tolist() == [1.0, 2.0, 3.0]
    numbers.end()
