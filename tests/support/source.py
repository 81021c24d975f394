"""The product's source code, parsed once, for tests about its structure."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATHS = [path for top in ("bot", "handlers") for path in sorted((ROOT / top).rglob("*.py"))]
FILES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in PATHS}
PRODUCT = [name for name in FILES if ".sandbox" not in name]


def package_of(module):
    return module.removeprefix("bot.").partition(".")[0]


@cache
def nodes_of(name):
    return list(ast.walk(ast.parse(FILES[name].read_text())))


@cache
def imports_of(name):
    return list(_imports_of(name))


def _imports_of(name):
    for node in nodes_of(name):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (module if module in FILES else node.module for module in modules)
