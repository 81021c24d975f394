"""Random slash commands and form values, many of them unusual or hostile."""

import time

from bot.sandbox.slack.payloads import elements_in

LONGEST_TEXT = 3_000  # characters in a text field
UNUSUAL_TEXTS = [
    *("", " ", "0", "-1", "100", "missed", "STOP", "Twin", "Maria", "tomorrow 3pm", "in 2 hours"),
    *("yesterday", "next week", "fri 9am", "7:30", "22:00", "22:00-06:00", "America/New_York"),
    *("<@U0BEN0001>", "<!channel> & <b>", "{{name}} {name} {line}", "\u202e\u200d"),
    *("https://example.com/hook", "646-555-0142 hi", "+1 646 555 0142"),
    *("x" * 3_000, "a\n" * 400, "😀" * 700, '"' * 1_500, "\\" * 1_400, "é" * 1_000),
]
COMMANDS = {
    "/calls": [
        *("", "help", "missed", "mine", "open", "today", "last week", "page 2", "outcome:spam"),
        *("Twin", "+13125550177", "<@U0BEN0001>", '"hello"', "x" * 2_900),
        f'"{"y " * 1_400}"',
    ],
    "/contact": [
        *("", "help", "Maria", "Twin", "new Nina", "+13125550177", "(312) 555-0999", "z" * 2_900),
        f"new {'N' * 2_000}",
    ],
    "/sms": [
        *("", "help", "Maria hi", "Twin hello", "+447911123456 hi", "anonymous x"),
        f"(312) 555-0131 {'t' * 2_800}",
    ],
    "/vocatech": [
        *("", "help", "status", "settings", "link", "link 101", "unlink", "callers"),
        *("digest", "digest on", "digest on daily 8:30", "digest on me", "digest now"),
        *("digest preview last week", "digest off", "mute", "mute 1h", "mute off"),
        *("follow-ups", "follow-ups <@U0BEN0001|ben>", "rules", "channels", "templates"),
        *("outcomes", "webhooks", "forget +13125550131", "users", "users 10"),
        "users new <@U0CARL0001|carl>",
    ],
}


def options_of(element):
    """Return the options of an element, those in groups too."""
    groups = element.get("option_groups") or []
    return element.get("options") or [option for one in groups for option in one["options"]]


class RandomInput:
    """Picks commands, choices, and form values; the generator decides everything."""

    def __init__(self, rng, slack, *, people, channels, clock):
        self.rng, self.slack = rng, slack
        pick = rng.choice
        self.makers = {
            "rich_text_input": lambda: pick(UNUSUAL_TEXTS),
            "users_select": lambda: pick(people),
            "multi_users_select": lambda: [pick(people)],
            "conversations_select": lambda: pick(channels),
            "channels_select": lambda: pick(channels),
            "multi_conversations_select": lambda: [pick(channels)],
            "timepicker": lambda: pick(["00:00", "07:30", "23:59"]),
            "datetimepicker": lambda: int(clock.now()) + pick([-99_999, 60, 99_999]),
            "datepicker": lambda: time.strftime("%Y-%m-%d", time.gmtime(clock.now())),
        }

    def command(self):
        """Return a slash command and what is typed after it."""
        command = self.rng.choice(list(COMMANDS))
        return command, self.rng.choice(COMMANDS[command])

    def text_for(self, element):
        """Return a text that fits into a field."""
        return self.rng.choice(UNUSUAL_TEXTS)[: element.get("max_length", LONGEST_TEXT)]

    def choice(self, element):
        """Return what a click on an element chooses: its own value if it's a button."""
        values = [option["value"] for option in options_of(element)]
        if element["type"] in ("multi_static_select", "checkboxes"):
            return [one for one in values if self.rng.random() < 0.5]
        return self.rng.choice(values) if values else element.get("value")

    def value_for(self, user, view, element):
        """Return a value for a field in a view, or None for what can't be filled in."""
        kind = element["type"]
        if kind == "plain_text_input":
            return self.text_for(element)
        if kind in ("external_select", "multi_external_select"):
            return self._loaded(user, view, element)
        if kind in self.makers:
            return self.makers[kind]()
        return self.choice(element) if options_of(element) else None

    def form(self, user, view):
        """Return values for about two thirds of the fields of a view."""
        values = {}
        for block_id, element in elements_in(view["blocks"]):
            if self.rng.random() < 0.65:
                value = self.value_for(user, view, element)
                if value is not None and element["type"] not in ("button", "overflow"):
                    values.setdefault(block_id, {})[element["action_id"]] = value
        return values

    def _loaded(self, user, view, element):
        query = self.rng.choice(["", "a", "10", "Twin", "new"])
        answer = self.slack.load_options(user, element, query, view_id=view["id"])
        assert answer.ok, answer.status
        options = options_of(answer)
        assert len(options) <= 100, "Slack shows 100 options"
        if not options:
            return None
        chosen = self.rng.choice(options)
        if element["type"] == "external_select":
            return {"type": element["type"], "selected_option": chosen}
        return {"type": element["type"], "selected_options": [chosen]}
