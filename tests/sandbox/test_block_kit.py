"""The stand-in Slack checks every limit of Block Kit: what is just right passes, one more fails."""

import random

import pytest

from bot.sandbox.block_kit.check import check_blocks, check_view


def plain(text="x"):
    return {"type": "plain_text", "text": text}


def mrkdwn(text="x"):
    return {"type": "mrkdwn", "text": text}


def section(**fields):
    return {"type": "section", **(fields or {"text": mrkdwn()})}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def button(**fields):
    return {"type": "button", "text": plain(), "action_id": "a", **fields}


def option(text="x", value="v", **fields):
    return {"text": plain(text), "value": value, **fields}


def options(count):
    return [option(value=str(number)) for number in range(count)]


def select(**fields):
    return {"type": "static_select", "action_id": "s", "options": [option()], **fields}


def field(element=None, **fields):
    element = element or {"type": "plain_text_input", "action_id": "t"}
    return {"type": "input", "label": plain(), "element": element, **fields}


def rich(*elements, part="rich_text_section", **fields):
    return {"type": "rich_text", "elements": [{"type": part, "elements": list(elements), **fields}]}


def words(text="x", **fields):
    return {"type": "text", "text": text, **fields}


def raw(text="x"):
    return {"type": "raw_text", "text": text}


def table(rows, **fields):
    return {"type": "table", "rows": rows, **fields}


def data_table(rows, **fields):
    return {"type": "data_table", "caption": "Calls", "rows": rows, **fields}


def chart(kind="bar", points=1, series=1, title="Calls", **fields):
    names = [f"p{number}" for number in range(points)]
    data = [{"label": name, "value": 1} for name in names]
    made = {
        "type": kind,
        "series": [{"name": f"s{number}", "data": data} for number in range(series)],
        "axis_config": {"categories": names},
        **fields,
    }
    return {"type": "data_visualization", "title": title, "chart": made}


def pie(segments=1, value=1):
    parts = [{"label": f"p{number}", "value": value} for number in range(segments)]
    return {
        "type": "data_visualization",
        "title": "x",
        "chart": {"type": "pie", "segments": parts},
    }


def container(*blocks, **fields):
    return {"type": "container", "title": plain(), "child_blocks": list(blocks), **fields}


def modal(*blocks, **fields):
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **fields}


CONFIRM = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain()}

# What is just within a limit, and what is just beyond it, in a message.
MESSAGE_LIMITS = {
    "50 blocks": ([section()] * 50, [section()] * 51),
    "section text": ([section(text=mrkdwn("x" * 3000))], [section(text=mrkdwn("x" * 3001))]),
    "10 fields": ([section(fields=[plain()] * 10)], [section(fields=[plain()] * 11)]),
    "field text": (
        [section(fields=[plain("x" * 2000)])],
        [section(fields=[plain("x" * 2001)])],
    ),
    "header": (
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "header", "text": plain("x" * 151)}],
    ),
    "context": (
        [{"type": "context", "elements": [plain()] * 10}],
        [{"type": "context", "elements": [plain()] * 11}],
    ),
    "25 elements": (
        [actions(*(button(action_id=str(n)) for n in range(25)))],
        [actions(*(button(action_id=str(n)) for n in range(26)))],
    ),
    "button text": (
        [actions(button(text=plain("x" * 75)))],
        [actions(button(text=plain("x" * 76)))],
    ),
    "button value": ([actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))]),
    "action_id": ([actions(button(action_id="x" * 255))], [actions(button(action_id="x" * 256))]),
    "block_id": (
        [{"type": "divider", "block_id": "x" * 255}],
        [{"type": "divider", "block_id": "x" * 256}],
    ),
    "100 options": (
        [actions(select(options=options(100)))],
        [actions(select(options=options(101)))],
    ),
    "option text": (
        [actions(select(options=[option("x" * 75)]))],
        [actions(select(options=[option("x" * 76)]))],
    ),
    "option value": (
        [actions(select(options=[option(value="x" * 150)]))],
        [actions(select(options=[option(value="x" * 151)]))],
    ),
    "option description": (
        [actions(select(options=[option(description=plain("x" * 75))]))],
        [actions(select(options=[option(description=plain("x" * 76))]))],
    ),
    "5 in an overflow": (
        [actions({"type": "overflow", "options": options(5)})],
        [actions({"type": "overflow", "options": options(6)})],
    ),
    "placeholder": (
        [actions(select(placeholder=plain("x" * 150)))],
        [actions(select(placeholder=plain("x" * 151)))],
    ),
    "confirm title": (
        [actions(button(confirm=CONFIRM | {"title": plain("x" * 100)}))],
        [actions(button(confirm=CONFIRM | {"title": plain("x" * 101)}))],
    ),
    "confirm text": (
        [actions(button(confirm=CONFIRM | {"text": plain("x" * 300)}))],
        [actions(button(confirm=CONFIRM | {"text": plain("x" * 301)}))],
    ),
    "markdown in all": (
        [{"type": "markdown", "text": "x" * 6000}] * 2,
        [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6001}],
    ),
    "100 rows": ([table([[raw()]] * 100)], [table([[raw()]] * 101)]),
    "20 columns": ([table([[raw()] * 20])], [table([[raw()] * 21])]),
    "table characters": ([table([[raw("x" * 10_000)]])], [table([[raw("x" * 10_001)]])]),
    "one table": ([table([[raw()]])], [table([[raw()]])] * 2),
    "one table, hidden": (
        [container(table([[raw()]]))],
        [table([[raw()]]), container(table([[raw()]]))],
    ),
    "101 rows of data": ([data_table([[raw()]] * 101)], [data_table([[raw()]] * 102)]),
    "data characters": (
        [data_table([[raw("x" * 5000)]] * 2)],
        [data_table([[raw("x" * 5001)]] * 2)],
    ),
    "even rows of data": (
        [data_table([[raw()], [raw()]])],
        [data_table([[raw()], [raw(), raw()]])],
    ),
    "head row of data": (
        [data_table([[raw()], [rich(words())]])],
        [data_table([[rich(words())], [raw()]])],
    ),
    "chart title": ([chart(title="x" * 50)], [chart(title="x" * 51)]),
    "6 series": ([chart(series=6)], [chart(series=7)]),
    "20 points": ([chart(points=20)], [chart(points=21)]),
    "a point for each category": ([chart()], [chart(axis_config={"categories": ["other"]})]),
    "12 segments": ([pie(12)], [pie(13)]),
    "a segment above zero": ([pie(value=0.1)], [pie(value=0)]),
    "2 charts": ([chart()] * 2, [chart()] * 3),
    "3 actions on a card": (
        [{"type": "card", "actions": [button()] * 3}],
        [{"type": "card", "actions": [button()] * 4}],
    ),
    "card body": (
        [{"type": "card", "body": mrkdwn("x" * 200)}],
        [{"type": "card", "body": mrkdwn("x" * 201)}],
    ),
    "10 cards": (
        [{"type": "carousel", "elements": [{"type": "card", "title": plain()}] * 10}],
        [{"type": "carousel", "elements": [{"type": "card", "title": plain()}] * 11}],
    ),
    "10 in a container": ([container(*[section()] * 10)], [container(*[section()] * 11)]),
    "rich text list depth": (
        [rich(rich(words())["elements"][0], part="rich_text_list", style="bullet", indent=8)],
        [rich(rich(words())["elements"][0], part="rich_text_list", style="bullet", indent=9)],
    ),
}

# What is just within a limit, and what is just beyond it, in a modal.
MODAL_LIMITS = {
    "100 blocks": (modal(*[section()] * 100), modal(*[section()] * 101)),
    "title": (modal(title=plain("x" * 24)), modal(title=plain("x" * 25))),
    "submit": (modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25))),
    "close": (modal(close=plain("x" * 24)), modal(close=plain("x" * 25))),
    "private_metadata": (
        modal(private_metadata="x" * 3000),
        modal(private_metadata="x" * 3001),
    ),
    "callback_id": (modal(callback_id="x" * 255), modal(callback_id="x" * 256)),
    "input label": (modal(field(label=plain("x" * 2000))), modal(field(label=plain("x" * 2001)))),
    "input placeholder": (
        modal(field({"type": "plain_text_input", "placeholder": plain("x" * 150)})),
        modal(field({"type": "plain_text_input", "placeholder": plain("x" * 151)})),
    ),
    "input length": (
        modal(field({"type": "plain_text_input", "max_length": 3000})),
        modal(field({"type": "plain_text_input", "max_length": 3001})),
    ),
    "input text": (
        modal(field({"type": "plain_text_input", "initial_value": "x" * 3000})),
        modal(field({"type": "plain_text_input", "initial_value": "x" * 3001})),
    ),
    "10 boxes": (
        modal(field({"type": "checkboxes", "options": options(10)})),
        modal(field({"type": "checkboxes", "options": options(11)})),
    ),
    "alert": (
        modal({"type": "alert", "text": mrkdwn("x" * 200)}),
        modal({"type": "alert", "text": mrkdwn("x" * 201)}),
    ),
    "a submit for inputs": (modal(field()), modal(field(), submit=None)),
}

# What is wrong in itself, and a part of what Slack says of it.
WRONG = {
    "no type": ({}, "missing required field: type"),
    "no such type": ({"type": "poster"}, "unsupported type: poster"),
    "not an object": ("divider", "must provide an object"),
    "a field too many": ({"type": "divider", "colour": "red"}, "invalid additional property"),
    "nothing in a section": (section(text=None), "missing required field"),
    "empty text": (section(text=mrkdwn("")), "must be more than 0 characters"),
    "text that is none": (section(text="x"), "must provide an object"),
    "header in markup": ({"type": "header", "text": mrkdwn()}, "/text/type"),
    "button in markup": (actions(button(text=mrkdwn())), "/elements/0/text/type"),
    "option in markup": (actions(select(options=[{"text": mrkdwn(), "value": "v"}])), "text/type"),
    "placeholder in markup": (actions(select(placeholder=mrkdwn())), "/placeholder/type"),
    "emoji in markup": (section(text={**mrkdwn(), "emoji": True}), "emoji"),
    "style that is none": (actions(button(style="blue")), "enum"),
    "input in a message": (field(), "unsupported type: input"),
    "alert in a message": ({"type": "alert", "text": plain()}, "unsupported type: alert"),
    "text input among actions": (actions({"type": "plain_text_input"}), "unsupported type"),
    "picture among actions": (actions({"type": "image"}), "unsupported type: image"),
    "button in a context": ({"type": "context", "elements": [button()]}, "unsupported type"),
    "two buttons of one name": (actions(button(), button()), "`action_id` already exists"),
    "no actions": (actions(), "no fewer than 1 items"),
    "no options": (actions(select(options=None)), "missing required field"),
    "options twice over": (actions(select(option_groups=[])), "no fewer than 1 items"),
    "picture without words": (
        {"type": "image", "image_url": "https://example.com/a.png"},
        "missing required field: alt_text",
    ),
    "empty rich text": (rich(words("")), "must be more than 0 characters"),
    "empty rich section": (rich(), "no fewer than 1 items"),
    "rich part that is none": (rich(words(), part="rich_text_box"), "unsupported type"),
    "rich element that is none": (rich({"type": "smile"}), "unsupported type: smile"),
    "rich style that is none": (rich(words(style={"loud": True})), "additional property: loud"),
    "rich list of words": (rich(words(), part="rich_text_list", style="bullet"), "unsupported"),
    "rich date without a day": (rich({"type": "date", "format": "{date}"}), "timestamp"),
    "emoji in code": (rich({"type": "emoji", "name": "x"}, part="rich_text_preformatted"), "emoji"),
    "container in a container": (container(container(section())), "unsupported type: container"),
    "collapsed but not collapsible": (container(section(), default_collapsed=True), "needs"),
    "number that is none": (
        data_table([[raw()], [{"type": "raw_number", "value": "1", "text": "1"}]]),
        "must provide a number",
    ),
    "two series of one name": (
        {**chart(), "chart": chart()["chart"] | {"series": chart()["chart"]["series"] * 2}},
        "unique",
    ),
}

RIGHT = {
    "rich elements": rich(
        words(style={"bold": True, "code": True}),
        {"type": "emoji", "name": "phone"},
        {"type": "link", "url": "https://example.com", "text": "here"},
        {"type": "user", "user_id": "U1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "1970"},
    ),
    "rich code": rich(words(), part="rich_text_preformatted", border=1),
    "rich quote": rich(words(), part="rich_text_quote"),
    "accessory": section(text=mrkdwn(), accessory=select()),
    "groups of options": actions(
        select(options=None, option_groups=[{"label": plain(), "options": options(2)}])
    ),
    "checkboxes in markup": actions(
        {"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "v"}]}
    ),
    "feedback": {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain(), "value": "1"},
                "negative_button": {"text": plain(), "value": "0"},
            }
        ],
    },
    "video": {
        "type": "video",
        "alt_text": "x",
        "title": plain(),
        "thumbnail_url": "https://example.com/a.png",
        "video_url": "https://example.com/a",
    },
    "plan": {
        "type": "plan",
        "title": "x",
        "tasks": [{"task_id": "1", "title": "x", "status": "pending"}],
    },
}


@pytest.mark.parametrize(("within", "beyond"), MESSAGE_LIMITS.values(), ids=MESSAGE_LIMITS)
def test_a_message_may_reach_each_limit_but_not_pass_it(within, beyond):
    assert check_blocks(within, "message") == []
    assert check_blocks(beyond, "message") != []


@pytest.mark.parametrize(("within", "beyond"), MODAL_LIMITS.values(), ids=MODAL_LIMITS)
def test_a_modal_may_reach_each_limit_but_not_pass_it(within, beyond):
    assert check_view(within) == []
    assert check_view(beyond) != []


@pytest.mark.parametrize(("block", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_with_its_place(block, words):
    found = check_blocks([block], "message")
    assert any(words in one and "[json-pointer:/blocks/0" in one for one in found), found


@pytest.mark.parametrize("block", RIGHT.values(), ids=RIGHT)
def test_what_is_right_passes(block):
    assert check_blocks([block], "message") == []


@pytest.mark.parametrize(
    ("block", "surfaces"),
    [
        (section(), {"message", "modal", "home"}),
        (field(), {"modal", "home"}),
        ({"type": "alert", "text": plain()}, {"modal"}),
        ({"type": "markdown", "text": "x"}, {"message"}),
        (table([[raw()]]), {"message"}),
        (chart(), {"message"}),
        (data_table([[raw()], [raw()]]), {"message"}),
        (container(section()), {"message"}),
    ],
)
def test_each_surface_takes_its_own_blocks(block, surfaces):
    taken = {one for one in ("message", "modal", "home") if not check_blocks([block], one)}
    assert taken == surfaces


def test_two_blocks_of_one_id_are_refused():
    blocks = [{"type": "divider", "block_id": "same"}] * 2
    assert check_blocks(blocks, "message") == [
        "block_id already exists: same [json-pointer:/blocks]"
    ]


def test_a_type_that_the_workspace_lacks_is_unknown_to_it():
    found = check_blocks([{"type": "markdown", "text": "x"}], "message", missing=["markdown"])
    assert found == ["unsupported type: markdown [json-pointer:/blocks/0/type]"]


def test_a_home_has_no_title():
    assert check_view({"type": "home", "blocks": [section()]}) == []
    assert check_view({"type": "home", "title": plain(), "blocks": []}) == [
        "invalid additional property: title [json-pointer:/view]"
    ]


@pytest.mark.parametrize("nonsense", [None, 3, "x", [[]], [None], {"type": "actions"}])
def test_nonsense_is_refused_without_falling_over(nonsense):
    assert check_blocks(nonsense, "message") != []
    assert check_view(nonsense) != []


def spoil(value, chance, *, top=True):
    """Replace a part here and there by what does not belong."""
    if not top and chance.random() < 0.08:
        return chance.choice([None, 0, -1, 1.5, "", [], {}, [[]], [None], {"type": []}, True, [{}]])
    if isinstance(value, dict):
        return {name: spoil(one, chance, top=False) for name, one in value.items()}
    return [spoil(one, chance, top=False) for one in value] if isinstance(value, list) else value


def test_spoilt_blocks_are_looked_at_without_falling_over():
    chance = random.Random(7)
    blocks = [b for within, _ in MESSAGE_LIMITS.values() for b in within[:1]] + [*RIGHT.values()]
    views = [within for within, _ in MODAL_LIMITS.values()]
    for _ in range(300):
        spoilt = spoil([chance.choice(blocks), chance.choice(blocks)], chance)
        assert isinstance(check_blocks(spoilt, "message"), list)
        assert isinstance(check_view(spoil(chance.choice(views), chance)), list)
