"""Conventions that every file of the product keeps: names, sizes, errors, no test code."""

import ast
import re
from collections import Counter

import pytest

from bot import errors
from tests.support.source import FILES, PATHS, PRODUCT, nodes_of

pytestmark = pytest.mark.xdist_group("architecture")  # so that one worker reads each file once
BROAD_EXCEPTS = ["server/scheduler", "server/web", "slack/bolt_adapter"]
BROAD_EXCEPTS += 2 * ["server/workers", "store/database/connection"]
MAX_LINES, MAX_FILES, MAX_HANDLERS, MAX_TOP_LEVEL = 330, 25, 24, 12


def test_tree_of_errors_shows_every_class_with_its_base():
    drawn, above = set(), {0: "BotError"}
    for indent, name in re.findall(r"^(.*?)(\w+)  ", errors.__doc__, re.MULTILINE):
        above[depth := len(indent) // 4] = name
        drawn.add((name, above[depth - 1]))
    classes = [n for f in FILES for n in nodes_of(f) if isinstance(n, ast.ClassDef)]
    defined = {(c.name, b.id) for c in classes for b in c.bases if isinstance(b, ast.Name)}
    assert drawn == {one for one in defined if hasattr(errors, one[1]) and one[0] != "BotError"}


def test_broad_excepts_are_in_the_workers_and_at_the_server_only():
    found = [
        name.removeprefix("bot.").replace(".", "/")
        for name in PRODUCT
        for node in nodes_of(name)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    ]
    assert sorted(found) == sorted(BROAD_EXCEPTS)


def test_no_class_name_is_used_twice():
    classes = [n.name for f in FILES for n in nodes_of(f) if isinstance(n, ast.ClassDef)]
    assert not [name for name, times in Counter(classes).items() if times > 1]


def test_the_product_never_asks_whether_it_is_under_test():
    assert not [path for path in PATHS if "pytest" in path.read_text().lower()]


def test_files_and_folders_stay_small():
    lines = {name: len(FILES[name].read_text().splitlines()) for name in PRODUCT}
    assert not {name: count for name, count in lines.items() if count > MAX_LINES}
    folders = Counter(path.parent.as_posix().rpartition("bot/")[2] for path in PATHS)
    assert not {name: count for name, count in folders.items() if count > MAX_FILES}
    tops = Counter(name.rpartition(".")[0] for name in PRODUCT)
    assert (tops["handlers"] <= MAX_HANDLERS, tops["bot"] <= MAX_TOP_LEVEL) == (True, True)
