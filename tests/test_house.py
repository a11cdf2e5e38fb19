"""The house round the code: what README, CI, pyproject and the rooms promise one another."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pklogistics"
PUBLIC = (
    *("read", "write", "Mission", "solve", "Options", "Plan", "check", "schema"),
    *("explain", "Explanation", "changed", "comparison", "rule_of_thumb"),
    *("report", "duplication", "sheet_overlaps", "new", "generate", "import_mission"),
    *("import_4w", "import_needs", "export_4w", "export_geojson"),
    *("PklogisticsError", "MissionError", "OptionsError", "NoPlanError", "Problem"),
)
RULES = (
    "N1 N2 N3 C1 C2 C3 C4 C5 C6 C7 C8 C9 F1 F2 T1 T2 T3 T4 T5 T6 T7 S1 S2 S3 S4 S5 S6 Q1".split()  # noqa: SIM905
)

# What each room may import from the others. `check` shares no line with the model, and solvers know
# nothing of missions: that is what makes the certificate and the checker worth something.
MAY_IMPORT = {
    "errors": (),
    "instance": ("errors",),
    "exchange": ("errors", "instance", "plan"),
    "starter": ("errors", "instance"),
    "plan": ("errors", "instance"),
    "check": ("errors", "instance", "plan"),
    "model": ("errors", "instance", "plan"),
    "solve": ("errors", "model.program"),
    "explain": ("errors", "instance", "plan", "check", "model", "solve"),
    "report": ("errors", "instance", "plan", "check", "explain.results"),
    "certifying": ("plan", "model", "solve"),
    "pipeline": ("errors", "instance", "plan", "check", "model", "solve", "certifying"),
}


def _readme_commands() -> list[str]:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("python3 -m venv")]


def test_readme_has_one_command_for_the_main_job_and_one_for_the_tests() -> None:
    main_job, tests = _readme_commands()
    assert "pklogistics solve instances/unoci-2011 " in main_job
    assert "--report" in main_job
    assert "[dev]" in tests
    assert tests.endswith("pytest -n auto")
    assert not any(line.endswith("\\") for line in (main_job, tests))


@pytest.mark.skipif(sys.platform == "win32", reason=".ci/run is a bash script")
def test_ci_runs_the_commands_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    shown = subprocess.run([script, "--show"], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines() == _readme_commands()
    # The two commands are written nowhere in the script, so they cannot drift apart.
    assert "-m pytest" not in script.read_text(encoding="utf-8")
    assert "solve instances" not in script.read_text(encoding="utf-8")


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _imports(module: str, path: Path) -> set[str]:
    """Return every module or name of pklogistics that a file imports, wherever in the file."""
    package = module if path.stem == "__init__" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{source}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] == "pklogistics"}


def _forbidden(module: str, path: Path) -> list[str]:
    room = module.split(".")[1] if "." in module else ""
    if room not in MAY_IMPORT:
        return []
    allowed = tuple(f"pklogistics.{name}" for name in (room, "__version__", *MAY_IMPORT[room]))
    imported = sorted(_imports(module, path))
    return [
        f"{module} imports {name}"
        for name in imported
        if not any(name == prefix or name.startswith(f"{prefix}.") for prefix in allowed)
    ]


def test_lower_rooms_never_import_higher_ones() -> None:
    assert [line for module, path in _modules() for line in _forbidden(module, path)] == []


def test_the_layering_test_sees_every_way_to_import(tmp_path: Path) -> None:
    path = tmp_path / "costs.py"
    path.write_text(
        "import pklogistics.model.needs\n"
        "from ..solve import exact\n"
        "def late():\n    from pklogistics import model\n"
        "from pklogistics.plan import Plan\nimport numpy\n"
    )
    assert _forbidden("pklogistics.check.costs", path) == [
        "pklogistics.check.costs imports pklogistics.model",
        "pklogistics.check.costs imports pklogistics.model.needs",
        "pklogistics.check.costs imports pklogistics.solve.exact",
    ]


def test_nothing_imports_the_command_line() -> None:
    guilty = [
        module
        for module, path in _modules()
        if module.split(".")[1:2] not in (["cli"], ["__main__"])
        and any(f"{name}.".startswith("pklogistics.cli.") for name in _imports(module, path))
    ]
    assert guilty == []


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_there(name: str) -> None:
    package = importlib.import_module("pklogistics")
    assert name in package.__all__
    assert getattr(package, name) is not None


def test_importing_the_package_is_light() -> None:
    # A wrong command or --help must answer at once; ortools and pandas take a second to load.
    code = "import sys, pklogistics; print(sorted({'ortools', 'pandas', 'scipy'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_found_by_its_name(rule: str) -> None:
    """A rule is found in the model, the checker, the tests of both and the README by one name."""
    word = re.compile(rf"\b{rule}\b")
    tests = ROOT / "tests"
    places = {
        "model": [PACKAGE / "model"],
        "checker": [PACKAGE / "check"],
        "the checker's tests": [tests / "check"],
        "the model's tests and solved missions": [tests / "model", tests / "missions"],
    }
    texts = {
        name: "\n".join(p.read_text(encoding="utf-8") for folder in folders for p in folder.rglob("*.py"))
        for name, folders in places.items()
    }
    texts["README"] = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name, text in texts.items() if not word.search(text)] == []


def _project() -> dict[str, object]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(project, dict)
    return project


def test_every_dependency_has_a_lower_bound_and_a_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    listed = [line.strip() for line in lines if re.match(r'\s+"[A-Za-z0-9_-]+.*>=', line)]
    extras = _project()["optional-dependencies"].values()  # type: ignore[attr-defined]
    wanted = [*_project()["dependencies"], *(name for extra in extras for name in extra)]  # type: ignore[misc]
    assert len(listed) == len(wanted)
    assert [line for line in listed if not re.search(r'",\s+# \w', line)] == []


def test_changelog_tells_of_the_current_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\]", changelog, flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert _project()["version"] in headings


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [
        p for p in PACKAGE.rglob("*.py") if p.stem in {"utils", "util", "helpers", "common", "misc"}
    ] == []


def test_links_in_the_pages_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        targets = [t.split("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]
        assert [t for t in targets if t and not (ROOT / t).exists()] == [], page
