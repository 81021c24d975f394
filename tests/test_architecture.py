"""Order of imports, files without side effects, and one package per outside library."""

import ast
import re

import pytest

from tests.support.source import FILES, PRODUCT, imports_of, nodes_of, package_of

pytestmark = pytest.mark.xdist_group("architecture")  # so that one worker reads each file once
# A file imports from its own package and from earlier ones.
# fmt: off
ORDER = [
    "errors", "clock", "intervals", "business_hours", "phone_numbers", "sms_segments",
    "setting_types", "config", "server", "models", "store", "ui", "slack", "vocatech", "people",
    "users", "templates", "texts", "notes", "outcomes", "calls", "contacts", "screening",
    "missed_calls", "follow_ups", "timeline", "erasures", "health", "digests", "rules", "channels",
    "outgoing_webhooks", "sync", "home", "mcp", "workflow_steps", "attachments", "work_objects",
    "outbox", "services", "handlers", "app", "doctor", "setup", "sandbox", "cli", "__main__",
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
    "httpx": {"vocatech", "slack", "doctor", "outgoing_webhooks"},
    "httpcore": {"outgoing_webhooks"},
    "sqlite_utils": {"store"},
    "cryptography": {"store"},
    "slack_sdk": {"slack", "doctor"},
    "websockets": {"slack"},
    "apscheduler": {"server"},
    "waitress": {"server"},
    "prometheus_client": {"server"},
}


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
        calls = [node.func for node in nodes_of(name) if isinstance(node, ast.Call)]
        called = {getattr(call, "attr", getattr(call, "id", "")) for call in calls}
        assert not called & {"now", "today", "utcnow", "open", "print"}, name


def test_each_outside_library_is_used_by_one_package():
    for name in PRODUCT:
        for library in {module.partition(".")[0] for module in imports_of(name)} & {*LIBRARIES}:
            assert package_of(name) in LIBRARIES[library], (name, library)
