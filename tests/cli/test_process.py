"""The program as its own process: what reaches the two streams, signals, pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pklogistics.plan import Plan

INSTANCES = Path(__file__).resolve().parents[2] / "instances"
FIRST = INSTANCES / "tiny-first"
LARGE = INSTANCES / "unoci-2011"


def start(*words: object, **keys) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pklogistics", *map(str, words)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # A background job of a shell ignores Ctrl-C; the program under test must not inherit that.
    return subprocess.Popen(command, text=True, preexec_fn=_with_ctrl_c, **{**streams, **keys})


def _with_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run(*words: object, code: int = 0, **keys) -> tuple[str, str]:
    process = start(*words, **keys)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    assert "Traceback" not in err
    return out, err


@pytest.mark.parametrize("solver", ["highs", "scip", "cp_sat"])
def test_stdout_is_one_json_object_whatever_the_solver_prints(solver):
    out, err = run("solve", FIRST, "--json", "--solver", solver)
    assert json.loads(out)["objective"] == pytest.approx(14000)
    assert err == ""  # No banner, no progress off a terminal, no warnings.


@pytest.mark.parametrize(
    ("words", "code"),
    [(["validate", FIRST], 0), (["validate", "nowhere"], 2), (["solve"], 2), (["--nonsense", "--json"], 2)],
)
def test_exit_codes_reach_the_shell(words, code):
    out, _ = run(*words, "--json", code=code)
    assert json.loads(out)["ok"] is (code == 0)


def test_help_loads_neither_solver_nor_pandas():
    code = (
        "import sys, pklogistics.cli as cli\n"
        "try: cli.app(['solve', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'ortools', 'pandas', 'scipy'} & set(sys.modules)), file=sys.stderr)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stderr.strip() == "[]"


def test_a_reader_that_has_had_enough_is_no_disaster():
    process = start("schema", stdout=subprocess.PIPE)
    process.stdout.close()
    err = process.stderr.read()
    process.wait(60)
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_an_answer_for_which_there_is_no_room_is_told_in_one_sentence(words):
    with Path("/dev/full").open("w") as full:
        _, err = run("solve", FIRST, *words, stdout=full, code=1)
    assert err.splitlines()[-1] == "error: the answer cannot be written: No space left on device"
    assert "own fault" not in err


def test_names_that_a_terminal_cannot_show_are_no_disaster(tmp_path):
    mission = tmp_path / "mission"
    mission.mkdir()
    for file in FIRST.iterdir():
        text = file.read_text(encoding="utf-8").replace("camp", "Côte d’Ivoire 𝔘 مستشفى")
        (mission / file.name).write_text(text, encoding="utf-8")
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    out, _ = run("solve", mission, env=env)
    assert "d?Ivoire" in out


def _solver_of(process: subprocess.Popen[str]) -> bool:
    return bool(psutil.Process(process.pid).children(recursive=True))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_solve_keeps_the_best_plan(tmp_path, number):
    process = start("solve", LARGE, "-o", tmp_path / "plan", "--gap", 0, "--json", "-q")
    give_up = time.monotonic() + 60
    while not _solver_of(process) and process.poll() is None and time.monotonic() < give_up:
        time.sleep(0.1)  # Reading and compiling come first; the solver is a child process.
    time.sleep(3)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == ""
    record = json.loads(out)
    # To serve nobody is a plan, so there is always one.
    assert (record["stopped"], record["violations"], record["plan"]) == (
        "interrupted",
        [],
        str(tmp_path / "plan"),
    )
    assert Plan.load(tmp_path / "plan").objective == record["objective"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan"]
    assert psutil.wait_procs(children, timeout=10)[1] == []  # No solver is left behind.


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from pklogistics.cli.app import main
main()
"""
"""The program where no file can grow beyond so many bytes, which is how it meets a full disk in earnest."""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are those of Unix")
@pytest.mark.parametrize(
    ("size", "words"),
    [
        (2_000, ["new", "mission.xlsx"]),  # No sheet can be written,
        (25_000, ["new", "mission.xlsx"]),  # and here all of them, but not the workbook.
        (2_000, ["convert", "mission", "mission.xlsx"]),
        (25_000, ["convert", "mission", "mission.xlsx"]),
        (2_000, ["convert", "mission", "mission.json"]),
    ],
)
def test_a_full_disk_is_one_sentence(tmp_path, size, words):
    run("new", tmp_path / "mission", "-q")
    command = [sys.executable, "-c", FULL, str(size), *words, "-q"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["mission"]
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert f"{words[-1]} could not be written: File too large" in done.stderr
