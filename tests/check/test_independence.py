"""The checker shares no line with the model."""

from __future__ import annotations

import ast
from pathlib import Path

import pklogistics

ROOM = Path(pklogistics.__file__).parent / "check"
ALLOWED = {"check", "errors", "instance", "plan"}


def imported(source: str) -> set[str]:
    """The rooms of pklogistics that a module imports, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that this test can read them"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("pklogistics.")}
    return found


def test_check_imports_nothing_of_model_or_solve() -> None:
    modules = sorted(ROOM.glob("**/*.py"))
    assert len(modules) > 10
    for module in modules:
        assert imported(module.read_text(encoding="utf-8")) <= ALLOWED, module.name


def test_the_test_would_see_it() -> None:
    assert imported("def f():\n    from pklogistics.model.needs import rows") == {"model"}
    assert imported("import pklogistics.solve.exact") == {"solve"}
    assert imported("from pklogistics import model") == {"model"}
