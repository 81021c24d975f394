"""People who click, type, and submit at random, while calls, texts, and changes come in."""

import json
from collections import deque

from bot.sandbox.slack.form_state import IncompleteForm, unfilled
from bot.sandbox.slack.payloads import (
    action_on,
    elements_in,
    message_source,
    outward,
    state_of,
    who_and_where,
)
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from tests.conftest import CHANNEL, wait_for
from tests.support.random_events import CHANNELS, EXTERNAL, GUEST, SHARED, RandomEvents

SHORTCUTS = ("new_sms", "look_up_contact", "search_calls")
MESSAGE_SHORTCUTS = ("text_number", "look_up_number", "save_as_note")


def copy_of(shown):
    """Return a view or a message as it is now."""
    return json.loads(json.dumps(shown))


def is_for(message, user):
    """Return whether a user can see a message of a channel they are in."""
    return not message.get("is_ephemeral") or message.get("for_user") == user


def actions_in(view):
    """Return the elements of a view that send an action, with their block IDs."""
    blocks = {block.get("block_id"): block for block in view["blocks"]}
    return [
        (block_id, element)
        for block_id, element in elements_in(view["blocks"])
        if blocks[block_id]["type"] != "input" or blocks[block_id].get("dispatch_action")
    ]


class RandomPeople(RandomEvents):
    """Members, an admin, a guest, and an external person; `steps` are what they did last."""

    def __init__(self, *parts):
        super().__init__(*parts)
        self.old_messages, self.old_views = deque(maxlen=60), deque(maxlen=40)
        self.gone = 0

    def act(self):
        """Do one thing at random."""
        shares = {
            self.receive_call: 10,
            self.receive_text: 4,
            self.run_job: 3,
            self.change_surroundings: 2,
            self.use_something_old: 8,
            self.use_view: 38,
            self.use_home: 5,
            self.type_command: 8,
            self.use_shortcut: 3,
            self.use_message: 19,
        }
        try:
            self.rng.choices(list(shares), list(shares.values()))[0]()
        except LookupError as gone:  # a worker has changed the view or message in between
            self.note("gone", reason=str(gone))
            self.gone += 1

    def type_command(self):
        """Type a slash command, which must be answered."""
        user = self.someone()
        channel, (command, text) = self.place_of(user), self.input.command()
        self.note("command", user=user, channel=channel, command=command, text=text[:60])
        self.slack.views.close_all(user)
        before = len(self.answers_to(user, channel))
        answer = self.check(self.slack.type_command(user, channel, command, text))
        wait_for(
            lambda: (
                answer.body.strip()
                or self.slack.open_view(user)
                or len(self.answers_to(user, channel)) != before
            )
        )

    def answers_to(self, user, channel):
        """Return the messages only for a user in a channel, and all in their direct messages."""
        direct = self.slack.messages(self.slack.direct_channel(user))
        return direct + [one for one in self.slack.messages(channel) if one.get("is_ephemeral")]

    def use_shortcut(self):
        """Use a shortcut."""
        user, shortcut = self.someone(), self.rng.choice(SHORTCUTS)
        self.note("shortcut", user=user, shortcut=shortcut)
        self.slack.views.close_all(user)
        self.check(self.slack.use_shortcut(user, shortcut))

    def use_message(self):
        """Click something in a message, or use a shortcut of it."""
        user, slack, rng = self.someone(), self.slack, self.rng
        channel = self.place_of(user)
        messages = [one for one in slack.messages(channel)[-25:] if is_for(one, user)]
        if not messages:
            return
        message = rng.choice(messages)
        if rng.random() < 0.3:
            thread = [one for one in slack.thread(channel, message["ts"]) if is_for(one, user)]
            message = rng.choice(thread or [message])
        slack.views.close_all(user)
        if rng.random() < 0.1 and not message.get("is_ephemeral"):
            shortcut = rng.choice(MESSAGE_SHORTCUTS)
            self.note("shortcut", user=user, channel=channel, shortcut=shortcut)
            self.check(slack.use_message_shortcut(user, channel, message["ts"], shortcut))
        elif elements := list(elements_in(message.get("blocks"))):
            if rng.random() < 0.3:
                self.old_messages.append((user, channel, copy_of(message)))
            block_id, element = rng.choice(elements)
            value = self.input.choice(element)
            self.note_click("message", user, element, value, channel=channel)
            chosen = {**element, "block_id": block_id}
            self.check(slack.click(user, channel, message["ts"], chosen, value))

    def use_home(self):
        """Open App Home, or click something there."""
        user = self.someone()
        home = self.slack.home_view(user)
        if home and self.rng.random() < 0.7:
            self.click_in(user, home)
            return
        self.note("home opened", user=user)
        direct, stamp = self.slack.direct_channel(user), self.slack.state.new_ts()
        opened = {"type": "app_home_opened", "user": user, "tab": "home", "channel": direct}
        self.check(self.slack.send_event({**opened, "event_ts": stamp}))

    def use_view(self):
        """Submit or close an open modal, or click something in it."""
        rng = self.rng
        people = [user for user in self.slack.users() if self.slack.open_view(user)]
        if not people:
            self.use_message()
            return
        user = rng.choice(people)
        view = self.slack.open_view(user)
        if rng.random() < 0.2:
            self.old_views.append((user, copy_of(view)))
        if view.get("submit") and rng.random() < 0.6:
            self.submit(user, view)
        elif actions_in(view) and rng.random() < 0.9:
            self.click_in(user, view)
        else:
            self.note("closed", user=user, view=view["callback_id"])
            self.slack.close_view(user, view["id"])

    def submit(self, user, view):
        """Fill a form in and submit it."""
        values = self.input.form(user, view)
        self.note("form", user=user, view=view["callback_id"], values=json.dumps(values)[:300])
        try:
            self.check(self.slack.submit_view(user, view["id"], values))
        except IncompleteForm:
            self.note("form incomplete")  # Slack itself says so

    def click_in(self, user, view):
        """Click, choose, or type something in a view."""
        found = actions_in(view)
        if not found:
            return
        block_id, element = self.rng.choice(found)
        chosen = {**element, "block_id": block_id}
        value = self.input.value_for(user, view, element)
        if value is None and element["type"] != "button":
            return
        self.note_click("view", user, element, value, view=view["callback_id"])
        if element["type"] == "plain_text_input":
            enter = self.rng.random() < 0.3
            answer = self.slack.type_in_view(user, view["id"], chosen, value, enter=enter)
            if answer is None:
                return  # this field sends no action then
        elif isinstance(value, dict):
            option = value.get("selected_option") or value["selected_options"][0]
            answer = self.slack.click_in_view(user, view["id"], chosen, option["value"])
        else:
            answer = self.slack.click_in_view(user, view["id"], chosen, value)
        self.check(answer)

    def use_something_old(self):
        """Click in a message or a modal as it was before, or submit it as it was."""
        if self.old_views and self.rng.random() < 0.5:
            self.use_old_view(*self.rng.choice(self.old_views))
        elif self.old_messages:
            user, channel, message = self.rng.choice(self.old_messages)
            source = message_source(self.slack.state.channels[channel], message)
            url = self.slack.response_urls.make(channel, user)
            source |= {"response_url": url, "state": {"values": {}}}
            self.click_old(user, list(elements_in(message["blocks"])), message["blocks"], source)

    def use_old_view(self, user, view):
        """Submit a modal that may have changed or closed, or click something in it."""
        state = state_of(view, {})
        shown = {"view": {**outward(view), "state": state}}
        # Slack itself keeps a form with an empty required field.
        if view.get("submit") and self.rng.random() < 0.6 and not unfilled(view, state):
            self.note("old form", user=user, view=view["callback_id"])
            self.interact(user, {"type": "view_submission", **shown, "response_urls": []})
        elif found := [one for one in actions_in(view) if self.is_simple(one[1])]:
            container = {"container": {"type": "view", "view_id": view["id"]}}
            self.click_old(user, found, view["blocks"], {**container, **shown})

    def is_simple(self, element):
        """Return whether an element needs no more than a click."""
        return element["type"] in ("button", "overflow", "static_select")

    def click_old(self, user, elements, blocks, source):
        """Click something as it was shown before."""
        block_id, element = self.rng.choice(elements)
        value = self.input.choice(element)
        self.note_click("old", user, element, value)
        action = action_on(blocks, {**element, "block_id": block_id}, value)
        self.interact(user, {"type": "block_actions", **source, "actions": [action]})

    def interact(self, user, payload):
        """Send a request of a user directly, without the checks of Slack."""
        self.slack.views.close_all(user)
        trigger_id = self.slack.new_trigger(user)
        who = who_and_where(self.slack.state.users[user])
        self.check(self.slack.sender.interact({**who, "trigger_id": trigger_id, **payload}))

    def check(self, answer):
        """Check that the app answered a request, and return the answer."""
        assert answer.ok, f"answered with {answer.status}: {answer.problem}"
        assert not answer.problem, f"Slack refused the answer: {answer.problem}"
        assert "Something went wrong" not in answer.body, answer.body[:300]
        return answer

    def someone(self):
        """Return a person: an admin or a member most of the time."""
        return self.rng.choice([ANA] * 3 + [BEN] * 3 + [ADMIN] * 5 + [GUEST, EXTERNAL])

    def place_of(self, user):
        """Return a channel that a user is in."""
        if user in (GUEST, EXTERNAL):
            return CHANNEL if user == GUEST else SHARED
        return self.rng.choice((*CHANNELS, self.slack.direct_channel(user)))

    def note_click(self, where, user, element, value, **details):
        """Remember a click."""
        shown = str(element.get("value", value))[:80]
        self.note(
            f"click in {where}", user=user, action=element["action_id"], value=shown, **details
        )
