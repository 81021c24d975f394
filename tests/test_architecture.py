"""Order of imports, files without side effects, and one package per outside library."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from bot import errors

pytestmark = pytest.mark.xdist_group("architecture")  # so that one worker reads each file once
ROOT = Path(__file__).parent.parent
# A file imports from its own package and from earlier ones.
# fmt: off
ORDER = [
    "errors", "clock", "intervals", "business_hours", "phone_numbers", "sms_segments",
    "setting_types", "config", "server", "models", "store", "ui", "slack", "vocatech", "people",
    "templates", "texts", "calls", "contacts", "missed_calls", "health", "digests", "rules",
    "channels", "sync", "home", "attachments", "outbox", "services", "handlers", "app",
    "doctor", "setup", "sandbox", "cli", "__main__",
]
# fmt: on
PURE_PACKAGES = {"errors", "clock", "intervals", "business_hours", "phone_numbers", "sms_segments"}
PURE_PACKAGES |= {"models", "ui"}
PURE_FILES = re.compile(
    r"\.(\w*words|\w*messages|modals|\w*form|card|\w+_section|\w*view|charts|masking|yaml_file"
    r"|\w*_?parsing|validation|matching|query|events|fields|signature|\w*shapes|pages)$"
)
IMPURE = {"logging", "structlog", "time", "threading", "socket", "httpx", "sqlite3", "os"}
LIBRARIES = {
    "httpx": {"vocatech", "doctor"},
    "sqlite_utils": {"store"},
    "slack_sdk": {"slack", "doctor"},
    "websockets": {"slack"},
    "apscheduler": {"server"},
    "waitress": {"server"},
    "prometheus_client": {"server"},
}
BROAD_EXCEPTS = ["server/scheduler", "server/web", "slack/bolt_adapter"]
BROAD_EXCEPTS += 2 * ["server/workers", "store/database/connection"]
PATHS = [path for top in ("bot", "handlers") for path in sorted((ROOT / top).rglob("*.py"))]
FILES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in PATHS}
PRODUCT = [name for name in FILES if ".sandbox" not in name]


def package_of(module):
    return module.removeprefix("bot.").partition(".")[0]


@cache
def tree_of(name):
    return ast.parse(FILES[name].read_text())


def imports_of(name):
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (module if module in FILES else node.module for module in modules)


def test_files_import_from_their_own_package_and_earlier_ones():
    upwards = {
        (name, module)
        for name in FILES
        for module in imports_of(name)
        if module in FILES or f"{module}.__init__" in FILES
        if package_of(module) != "bot" and package_of(name) != "bot"
        if ORDER.index(package_of(module)) > ORDER.index(package_of(name))
    }
    assert not upwards


def test_handlers_never_import_each_other():
    names = [name for name in FILES if name.startswith("handlers.") and "__init__" not in name]
    assert not [(name, m) for name in names for m in imports_of(name) if m.startswith("handlers")]


def test_pure_files_do_no_io_and_do_not_ask_the_time():
    product = [name for name in PRODUCT if not name.startswith("handlers.")]
    pure = [n for n in product if package_of(n) in PURE_PACKAGES or PURE_FILES.search(n)]
    for name in [n for n in pure if n != "bot.clock" and not n.startswith("bot.store.")]:
        assert not {module.partition(".")[0] for module in imports_of(name)} & IMPURE, name
        calls = [node.func for node in ast.walk(tree_of(name)) if isinstance(node, ast.Call)]
        called = {getattr(call, "attr", getattr(call, "id", "")) for call in calls}
        assert not called & {"now", "today", "utcnow", "open", "print"}, name


def test_each_outside_library_is_used_by_one_package():
    for name in PRODUCT:
        for library in {module.partition(".")[0] for module in imports_of(name)} & {*LIBRARIES}:
            assert package_of(name) in LIBRARIES[library], (name, library)


def test_the_tree_of_errors_draws_every_class_with_its_base():
    drawn, above = set(), {0: "BotError"}
    for indent, name in re.findall(r"^(.*?)(\w+)  ", errors.__doc__, re.MULTILINE):
        above[depth := len(indent) // 4] = name
        drawn.add((name, above[depth - 1]))
    classes = [n for f in FILES for n in ast.walk(tree_of(f)) if isinstance(n, ast.ClassDef)]
    defined = {(c.name, b.id) for c in classes for b in c.bases if isinstance(b, ast.Name)}
    assert drawn == {one for one in defined if hasattr(errors, one[1]) and one[0] != "BotError"}


def test_broad_excepts_are_in_the_workers_and_at_the_server_only():
    found = [
        name.removeprefix("bot.").replace(".", "/")
        for name in PRODUCT
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    ]
    assert sorted(found) == sorted(BROAD_EXCEPTS)


def test_no_class_name_is_used_twice():
    classes = [n.name for f in FILES for n in ast.walk(tree_of(f)) if isinstance(n, ast.ClassDef)]
    assert not [name for name, times in Counter(classes).items() if times > 1]


def test_the_product_never_asks_whether_it_is_under_test():
    assert not [path for path in PATHS if "pytest" in path.read_text().lower()]
