"""The fake Slack is as strict about Work Objects as the real one, and says what was wrong."""

import json

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack.entities.methods import SidePane
from bot.sandbox.slack.workspace import ANA, CALLS, FakeSlack

REF = {"id": "c1", "type": "call"}


def entity(**payload):
    field = {"key": "status", "label": "Status", "type": "string", "value": "Missed"}
    known = {"attributes": {"title": {"text": "A call"}}, "custom_fields": [field]}
    return {
        "entity_type": "slack#/entities/item",
        "url": "https://example.com/c1",
        "external_ref": REF,
        "entity_payload": {**known, **payload},
    }


def without(name):
    return {key: value for key, value in entity().items() if key != name}


def with_field(**field):
    return entity(custom_fields=[{"key": "k", "label": "L", **field}])


@pytest.fixture
def slack():
    # No time passes between a click and its answer, so that a busy machine changes nothing.
    with FakeSlack(limits=False, clock=lambda: 0.0) as fake:
        yield fake


@pytest.fixture
def client(slack):
    return WebClient(slack.token, base_url=slack.api_url, retry_handlers=[])


BROKEN = {
    "no type": without("entity_type"),
    "no address": without("url"),
    "no reference": without("external_ref"),
    "no payload": without("entity_payload"),
    "no title": entity(attributes={"title": "A call"}),
    "unknown key": {**entity(), "comments": 1},
    "fields of an item": entity(fields={"status": {"value": "x"}}),
    "field without value": with_field(type="string"),
    "field of an unknown type": with_field(type="text", value="x"),
    "number for a string": with_field(type="string", value=7),
    "person with two names": with_field(
        type="slack#/types/user", user={"user_id": ANA, "text": "Ana"}
    ),
    "reference with a query": with_field(
        type="slack#/types/entity_ref",
        entity_ref={"entity_url": "https://example.com/?a", "external_ref": REF, "title": "x"},
    ),
    "unknown color": with_field(type="string", value="x", tag_color="purple"),
    "order of nothing": entity(display_order=["gone"]),
    "three first buttons": entity(
        actions={"primary_actions": [{"text": "A", "action_id": "a"}] * 3}
    ),
    "button without label": entity(actions={"overflow_actions": [{"action_id": "a"}]}),
}


def test_message_keeps_a_complete_entity_and_loses_all_metadata_with_a_mistake(slack, client):
    event = {"event_type": "vocatech_call", "event_payload": {"call_id": "c1"}}

    def post(one):
        return client.chat_postMessage(
            channel=CALLS, text="Hi", metadata={**event, "entities": [one]}
        )["message"]

    assert post(entity())["metadata"] == {**event, "entities": [entity()]}
    for name, broken in BROKEN.items():
        slack.state.dropped_entities.clear()
        assert "metadata" not in post(broken), name
        assert slack.state.dropped_entities, name


def answer(client, method, **more):
    try:
        return dict(client.api_call(method, json=more).data)
    except SlackApiError as error:
        return dict(error.response.data)


def test_details_need_a_fresh_trigger_of_the_same_entity(slack, client):
    slack.entities.panes[ANA] = pane = SidePane(REF, "https://example.com/c1")

    def present(trigger_id=None, **more):
        trigger_id = trigger_id or slack.entities.trigger(ANA, pane)
        return answer(client, "entity.presentDetails", trigger_id=trigger_id, **more).get("error")

    other = {**entity(), "external_ref": {"id": "c2", "type": "call"}}
    assert present(metadata=other) == "entity_metadata_does_not_match_trigger"
    for name, broken in BROKEN.items():
        assert present(metadata=broken) == "invalid_metadata", name
    assert present("unknown", metadata=entity()) == "invalid_trigger_id"
    assert present() == "invalid_arguments"
    assert present(error={"status": "gone"}) == "invalid_arguments"
    assert present(error={"status": "custom"}) == "invalid_arguments"
    assert present(user_auth_required=True) == "invalid_arguments"
    trigger_id = slack.entities.trigger(ANA, pane)
    assert present(trigger_id, metadata=entity()) is None
    assert pane.entity == entity()
    assert present(trigger_id, metadata=entity()) == "exchanged_trigger_id"
    assert present(error={"status": "not_found"}) is None
    assert pane.error == "not_found"


def test_trigger_of_the_pane_expires_after_three_seconds():
    now = [0.0]
    with FakeSlack(clock=lambda: now[0]) as slack:
        client = WebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
        slack.entities.panes[ANA] = pane = SidePane(REF, "https://example.com/c1")
        trigger_id = slack.entities.trigger(ANA, pane)
        now[0] = 3.1
        said = answer(client, "entity.presentDetails", trigger_id=trigger_id, metadata=entity())
    assert said["error"] == "expired_trigger_id"


def test_comments_need_all_keys(slack, client):
    slack.entities.panes[ANA] = pane = SidePane(REF, "https://example.com/c1")
    whole = {"id": "1", "sender": {"text": "Ana"}, "timestamp": 1, "comment": {"value": "Hi"}}

    def present(*comments, **more):
        asked = {"comments": list(comments), "can_post_comment": True, **more}
        trigger_id = slack.entities.trigger(ANA, pane)
        return answer(client, "entity.presentComments", trigger_id=trigger_id, **asked).get("error")

    for name in whole:
        broken = {key: value for key, value in whole.items() if key != name}
        assert present(broken) == "invalid_arguments", name
    assert present({**whole, "text": "Hi"}) == "invalid_arguments"
    assert present({**whole, "can_delete": True}) == "invalid_arguments"
    assert present(whole, can_post_comment=None) == "invalid_arguments"
    assert present({**whole, "can_delete": True}, delete_action_id="delete") is None
    assert json.dumps(pane.comments).count("Hi") == 1
