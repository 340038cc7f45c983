"""The rooms import downwards only, and heavy libraries where they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import clipforge

ROOT = Path(clipforge.__file__).parent

FLOORS = (
    {"errors", "settings", "layers", "events"},
    {"captions"},
    {"formats", "media", "engines", "store", "pool"},
    {"pipeline"},
    {"operate"},
    {"cli"},
    {"__main__"},
)
SAME_FLOOR_ALLOWED = {("engines", "media")}
HEAVY = {"faster_whisper", "ctranslate2", "onnxruntime", "av", "numpy", "pocketsphinx", "huggingface_hub", "ffmpeg"}
CLI_ONLY = {"typer", "rich", "click"}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def room_of(module: Path) -> str:
    first = module.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports(tree: ast.AST, *, at_import: bool) -> Iterator[str]:
    """Dotted names that a module imports; with `at_import`, only what runs when it is imported."""
    for node in ast.iter_child_nodes(tree):
        if at_import and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if at_import and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from imports(node, at_import=at_import)


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_downstairs(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    room = room_of(module)
    if room == "__init__":
        return
    for name in imports(tree, at_import=False):
        parts = name.split(".")
        if parts[0] != "clipforge" or len(parts) < 2 or parts[1].startswith("__"):
            continue
        other = parts[1]
        if other == room:
            continue
        lower = floor_of(other) < floor_of(room)
        foundation = floor_of(room) == floor_of(other) == 0
        assert lower or foundation or (room, other) in SAME_FLOOR_ALLOWED, f"{room} imports {other}"


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_libraries_are_imported_where_they_are_used(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    room = room_of(module)
    at_import = {name.split(".")[0] for name in imports(tree, at_import=True)}
    anywhere = {name.split(".")[0] for name in imports(tree, at_import=False)}
    assert not at_import & HEAVY
    assert room in ("cli", "__main__") or not anywhere & CLI_ONLY


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_command_line_prints_exits_and_reads_the_environment(module: Path) -> None:
    if room_of(module) in ("cli", "__main__"):
        return
    tree = ast.parse(module.read_text(encoding="utf-8"))
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not {"print", "exit", "sys.exit", "os.getenv"} & set(called)
    # A process that we started may be given an environment; it is never asked what it has.
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ"]
    assert len(uses) == called.count("os.environ.update")


def test_help_loads_nothing_heavy() -> None:
    probe = (
        "import sys\n"
        "from clipforge.cli.entry import run\n"
        "code = run(['caption', '--help'])\n"
        "print(code, *sorted(set(sys.modules) & set(sys.argv[1:])), file=sys.stderr)\n"
    )
    heavy = sorted(HEAVY | {"diskcache", "psutil", "pysrt"})
    done = subprocess.run([sys.executable, "-c", probe, *heavy], capture_output=True, text=True, check=True)
    assert "--output-dir" in done.stdout
    assert done.stderr.strip() == "0"
