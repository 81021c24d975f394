"""The layers hold: a file imports only from lower ones, and the pure ones stay pure."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from bot import errors

# Together, so that each file is read once.
pytestmark = pytest.mark.xdist_group("architecture")
ROOT = Path(__file__).parent.parent
# Layer by file or folder, as drawn in CONTRIBUTING.md; the longest matching name counts.
LAYERS = {
    "bot/__init__": 0,
    "bot/errors": 0,
    "bot/slack_ids": 0,
    "bot/phones": 0,
    "bot/clock": 0,
    "bot/timing": 0,
    "bot/spans": 0,
    "bot/local_hours": 0,
    "bot/backfills": 0,
    "bot/facts": 0,
    "bot/posts": 0,
    "bot/calls": 0,
    "bot/callbacks": 0,
    "bot/events": 0,
    "bot/contacts": 0,
    "bot/people": 0,
    "bot/texts": 0,
    "bot/writing": 0,
    "bot/hours": 0,
    "bot/media": 0,
    "bot/segments": 0,
    "bot/opt_out": 0,
    "bot/templates": 0,
    "bot/findings": 0,
    "bot/routing": 0,
    "bot/rules": 0,
    "bot/quiet": 0,
    "bot/muting": 0,
    "bot/zones": 0,
    "bot/channel_settings": 0,
    "bot/rule_matching": 0,
    "bot/rule_checks": 0,
    "bot/typed": 0,
    "bot/call_query": 0,
    "bot/snippets": 0,
    "bot/home": 0,
    "bot/troubles": 0,
    "bot/refusals": 0,
    "bot/spells": 0,
    "bot/totals": 0,
    "bot/digests": 0,
    "bot/digest_plans": 0,
    "bot/digest_wishes": 0,
    "bot/slash_commands": 0,
    "bot/config": 1,
    "bot/setting_kinds": 1,
    "bot/manifest": 1,
    "bot/rule_files": 1,
    "bot/render": 1,
    "bot/vocatech/__init__": 1,
    "bot/vocatech/signature": 1,
    "bot/vocatech/fields": 1,
    "bot/vocatech/payloads": 1,
    "bot/vocatech/rows": 1,
    "bot/vocatech/call_rows": 1,
    "bot/vocatech/text_rows": 1,
    "bot/vocatech/pages": 1,
    "bot/vocatech/listed_calls": 1,
    "bot/vocatech/looks": 1,
    "bot/vocatech/turns": 2,
    "bot/vocatech/wire": 2,
    "bot/vocatech/downloads": 2,
    "bot/vocatech/families": 2,
    "bot/vocatech/client": 2,
    "bot/vocatech/probe": 2,
    "bot/vocatech/questions": 2,
    "bot/store": 2,
    "bot/slack_answers": 2,
    "bot/slack_teams": 2,
    "bot/slack_poster": 2,
    "bot/slack_uploads": 2,
    "bot/slack_views": 2,
    "bot/slack_history": 2,
    "bot/slack_watch": 2,
    "bot/slack_checkup": 2,
    "bot/schedule": 2,
    "bot/ending": 2,
    "bot/lanes": 2,
    "bot/pace": 2,
    "bot/web": 2,
    "bot/logs": 2,
    "bot/metrics": 2,
    "bot/channel_state": 3,
    "bot/outbox": 3,
    "bot/notices": 3,
    "bot/job_watch": 3,
    "bot/coverage": 3,
    "bot/conversations": 3,
    "bot/text_lists": 3,
    "bot/text_media": 3,
    "bot/surroundings": 3,
    "bot/open_modals": 3,
    "bot/showing": 3,
    "bot/sharing": 3,
    "bot/outsiders": 3,
    "bot/claim_views": 3,
    "bot/claim_notices": 3,
    "bot/texting": 3,
    "bot/look_back": 3,
    "bot/call_lists": 3,
    "bot/readers": 3,
    "bot/subscription": 3,
    "bot/rights": 3,
    "bot/router": 3,
    "bot/alerts": 3,
    "bot/call_summaries": 3,
    "bot/card_menu": 3,
    "bot/mutes": 3,
    "bot/rule_views": 3,
    "bot/channel_views": 3,
    "bot/reaching": 3,
    "bot/matching": 3,
    "bot/newcomers": 3,
    "bot/app_home": 3,
    "bot/who": 3,
    "bot/digest_making": 3,
    "bot/digest_answers": 3,
    "bot/contact_changes": 3,
    "bot/contact_views": 3,
    "bot/template_views": 3,
    "bot/contact_checks": 3,
    "bot/sent_forms": 3,
    "bot/services": 3,
    "bot/collaborators": 3,
    "bot/ways_in": 3,
    "bot/asked": 3,
    "handlers": 4,
    "bot/socket_mode": 5,
    "bot/connections": 5,
    "bot/app": 5,
    "bot/cli": 5,
    "bot/commands": 5,
    "bot/checkup": 5,
    "bot/__main__": 5,
    "bot/sandbox": 5,
}
EDGES = {
    "bot/vocatech/client": "httpx",
    "bot/vocatech/wire": "httpx",
    "bot/vocatech/downloads": "httpx",
    "bot/vocatech/families": "httpx",
    "bot/store": "sqlite_utils",
    "bot/slack_answers": "slack_sdk",
    "bot/slack_poster": "slack_sdk",
    "bot/slack_views": "slack_sdk",
    "bot/slack_uploads": "slack_sdk",
    "bot/slack_history": "slack_sdk",
    "bot/slack_watch": "slack_sdk",
    "bot/slack_checkup": "slack_sdk",
    "bot/schedule": "apscheduler",
    "bot/web": "waitress",
    "bot/metrics": "prometheus_client",
}
IMPURE = {
    "logging",
    "structlog",
    "time",
    "threading",
    "socket",
    "requests",
    "httpx",
    "sqlite3",
    "os",
}
ASKS_THE_TIME = {"now", "today", "utcnow"}
# The one pure file that may hold the real clocks: it hands them on and never asks.
HOLDS_THE_CLOCK = "bot/clock"


# Together, so that one worker alone reads all files.
pytestmark = pytest.mark.xdist_group("architecture")
FILES = [
    str(path.relative_to(ROOT).with_suffix(""))
    for folder in ("bot", "handlers")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


@cache
def tree_of(name):
    """Give the syntax tree of a file; read in a test, and not by every worker."""
    return ast.parse((ROOT / f"{name}.py").read_text())


def layer_of(name):
    fits = [known for known in LAYERS if name == known or name.startswith(known + "/")]
    return LAYERS[max(fits, key=len)] if fits else None


def imports_of(name):
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                as_module = f"{node.module}.{alias.name}"
                yield as_module if as_module.replace(".", "/") in FILES else node.module


def our_file(module):
    path = module.replace(".", "/")
    return next((name for name in (path, f"{path}/__init__") if name in FILES), None)


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_a_layer(name):
    assert layer_of(name) is not None


@pytest.mark.parametrize("name", [n for n in FILES if not n.startswith("bot/sandbox")])
def test_a_file_imports_only_from_lower_layers_or_its_own(name):
    for module in imports_of(name):
        imported = our_file(module)
        if imported is None or imported.startswith("bot/sandbox"):
            assert imported is None or name == "bot/commands/demo", f"{name} needs {module}"
            continue
        assert layer_of(imported) <= layer_of(name), f"{name} imports upwards: {module}"


@pytest.mark.parametrize(
    "name", [n for n in FILES if n.startswith("handlers/") and "__init__" not in n]
)
def test_handlers_never_import_each_other(name):
    assert not [m for m in imports_of(name) if m.split(".")[0] == "handlers"]


@pytest.mark.parametrize(
    "name", [n for n in FILES if (layer_of(n) or 0) <= 1 and n != HOLDS_THE_CLOCK]
)
def test_pure_files_do_no_io_and_do_not_ask_the_time(name):
    assert not {module.split(".")[0] for module in imports_of(name)} & IMPURE
    calls = [node.func for node in ast.walk(tree_of(name)) if isinstance(node, ast.Call)]
    names = {
        call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls
    }
    assert not names & (ASKS_THE_TIME | {"open", "print"})


@pytest.mark.parametrize("name", [n for n in FILES if layer_of(n) == 2])
def test_an_edge_knows_no_other_edges_library(name):
    own = next((library for edge, library in EDGES.items() if name.startswith(edge)), None)
    used = {module.split(".")[0] for module in imports_of(name)}
    assert not (used & set(EDGES.values())) - {own}


def test_the_tree_of_errors_draws_every_class_with_what_it_is_a_kind_of():
    lines = re.findall(r"^(.*?)(\w+)  ", errors.__doc__, re.MULTILINE)
    drawn, above = set(), {0: "BotError"}
    for indent, name in lines:
        depth = len(indent) // 4
        above[depth] = name
        drawn.add((name, above[depth - 1]))
    defined = {
        (node.name, base.id)
        for name in FILES
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name) and hasattr(errors, base.id)
    }
    assert drawn == {one for one in defined if one[0] != "BotError"}


def test_a_broad_except_stands_in_workers_loops_and_at_the_doors_only():
    places = [
        name
        for name in FILES
        if not name.startswith("bot/sandbox")
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    ]
    assert sorted(places) == [
        "bot/lanes",
        "bot/lanes",
        "bot/schedule",
        "bot/store/database",
        "bot/store/database",
        "bot/web",
    ]


def test_the_product_never_asks_whether_it_is_under_test():
    for path in (*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")):
        text = path.read_text()
        assert "pytest" not in text
        assert "PYTEST" not in text
