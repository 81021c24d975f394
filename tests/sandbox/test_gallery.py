"""The gallery has an example of every renderer, and Slack would accept each."""

import ast
import re
import sys
from pathlib import Path

import pytest

import bot
from bot.sandbox.block_kit.check import check_blocks, check_view
from bot.sandbox.gallery import GROUPS
from bot.sandbox.gallery.page import draw_gallery, is_at_limit
from bot.sandbox.page.emoji import GLYPHS, SHORTCODE
from bot.sandbox.slack.entities.validation import comment_errors, entity_errors
from bot.ui.message import Message

EXAMPLES = [example for group in GROUPS for example in group.examples]
FOLDER = Path(bot.__file__).parent
FILES = [path for path in FOLDER.rglob("*.py") if FOLDER / "sandbox" not in path.parents]


def renderers():
    """Return the names of all functions that render something."""
    return {
        node.name
        for path in FILES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("render_")
    }


def test_every_renderer_has_an_example():
    called = set()

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(str(FOLDER)):
            called.add(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for example in EXAMPLES:
            example.make()
    finally:
        sys.setprofile(before)
    assert renderers() - called == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.key)
def test_slack_accepts_the_example(example):
    shown = example.make()
    if isinstance(shown, Message):
        assert check_blocks(shown.blocks, "message") == []
        assert check_blocks(shown.plain_blocks, "message") == []
        assert 0 < len(shown.text) <= 4_000
        assert [wrong for one in shown.entities for wrong in entity_errors(one)] == []
    elif shown.get("type") == "side_pane":
        assert entity_errors(shown["entity"]) == []
        assert [wrong for one in shown["comments"] or () for wrong in comment_errors(one)] == []
    elif shown.get("type") in ("modal", "home"):
        assert check_view(shown) == []
    else:
        assert check_blocks(shown["blocks"], "message") == []
        assert shown["text"]


def buttons_in(found):
    """Yield each button at any depth."""
    if isinstance(found, dict):
        if found.get("type") == "button":
            yield found
        found = [*found.values()]
    if isinstance(found, list):
        for one in found:
            yield from buttons_in(one)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.key)
def test_name_of_a_button_begins_with_the_words_on_it(example):
    # People who control Slack by voice say what they see.
    shown = example.make()
    for one in buttons_in(shown.blocks if isinstance(shown, Message) else shown):
        seen = one["text"]["text"]
        assert one.get("accessibility_label", seen).startswith(seen)


def emoji_in(shown):
    """Return the emoji names in a message or a view."""
    if isinstance(shown, dict):
        named = {shown["name"]} if shown.get("type") == "emoji" else set()
        return named.union(*map(emoji_in, shown.values()))
    if isinstance(shown, list):
        return set().union(*map(emoji_in, shown))
    return set(SHORTCODE.findall(shown)) if isinstance(shown, str) else set()


def test_the_page_knows_every_emoji_in_the_examples():
    used = set()
    for example in EXAMPLES:
        shown = example.make()
        used |= emoji_in([shown.text, shown.blocks] if isinstance(shown, Message) else shown)
    names = {name for name in used if re.search("[a-z]", name)}  # not the minutes of a time
    assert {"red_circle"} <= names <= set(GLYPHS)


def test_the_page_knows_every_emoji_named_in_the_code():
    texts = [
        node.value
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    names = {name for text in texts for name in re.findall(r"(?<!\S):([a-z][a-z0-9_+-]+):", text)}
    assert {"warning"} <= names <= set(GLYPHS)


def test_every_example_has_its_own_name_and_says_when_people_see_it():
    assert len({example.key for example in EXAMPLES}) == len(EXAMPLES)
    assert all(example.when.endswith(".") for example in EXAMPLES)


def test_the_page_shows_every_example_and_knows_every_block():
    page = draw_gallery()
    for example in EXAMPLES:
        assert f'id="{example.key}"' in page
    assert "strange" not in page


def test_ordinary_examples_come_before_those_at_the_limits():
    for group in GROUPS:
        assert not is_at_limit(group.examples[0]), group.title
    page = draw_gallery()
    assert page.index('id="internal-call"') < page.index('id="the-longest-call-card"')
    assert '<article class="example at-limit" id="the-longest-call-card">' in page
