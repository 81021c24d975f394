"""Everything that can set the bot off, on one screen; what each needs, its signature says."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.attachments import fetcher
from bot.calls import service
from bot.channels import slack_connect
from bot.collaborators import bind
from bot.digests import service as digest
from bot.health import (
    housekeeping,
    refusals,
    slack_monitor,
    webhook_monitor,
)
from bot.health import (
    slack_monitor as socket_watch,
)
from bot.missed_calls import reminders, text_back
from bot.models.health import (
    CATCH_UP,
    KEEP_SUBSCRIPTION,
    LOOK_AT_DISK,
    LOOK_WHO_SHARES,
    MIND_SLACK,
    NOTICE_NO_CALLS,
    NOTICE_REFUSALS,
    NOTICE_SILENCE,
    POST_DIGESTS,
    WATCH_SOCKET,
)
from bot.outbox import dispatch
from bot.people import slack_sync
from bot.server.web import Response
from bot.server.workers import DOUBTS_LANE, MEDIA_LANE, TEXTS_LANE
from bot.sync import directory, polling, subscription
from bot.sync.subscription import PATH
from bot.texts import sender
from bot.ui import action_ids
from bot.ui.commands import CALLS, CONTACT, SMS, VOCATECH
from bot.ways_in import Channels, Job, Lane, Listeners, Reactions
from handlers import (
    calls,
    channels,
    contact_form,
    contacts,
    digests,
    errors,
    health,
    home,
    middleware,
    missed_calls,
    people,
    rules,
    slack_requests,
    templates,
    text_form,
    texts,
    vocatech_command,
    vocatech_webhooks,
)
from handlers import (
    calls as call_views,
)
from handlers import (
    calls as calls_command,
)
from handlers import (
    channels as mutes,
)
from handlers import (
    channels as shared_channels,
)
from handlers import (
    contacts as contact_deletion,
)
from handlers import (
    missed_calls as card_menu_handlers,
)
from handlers import (
    people as own_settings,
)
from handlers import (
    texts as text_buttons,
)

DAY = 86_400.0

# HTTP requests, by path and method.
PATHS: dict[str, dict[str, Callable[..., Response]]] = {
    PATH: {"POST": vocatech_webhooks.receive_webhook},
    "/slack/events": {"POST": slack_requests.answer_slack},
    "/healthz": {"GET": health.say_alive},
    "/readyz": {"GET": health.say_ready},
    "/metrics": {"GET": health.show_metrics},
}

# What people do in Slack, over HTTP or Socket Mode alike.
COMMANDS: Reactions = {
    CALLS.name: calls_command.list_calls,
    CONTACT.name: contacts.answer_contact_command,
    SMS.name: texts.open_sms,
    VOCATECH.name: vocatech_command.answer_vocatech,
}
# The first word after /vocatech.
VOCATECH_WORDS: dict[str, Callable[..., None]] = {
    "": vocatech_command.show_help,
    "help": vocatech_command.show_help,
    "link": people.link_somebody,
    "unlink": people.unlink_somebody,
    "status": vocatech_command.show_status,
    "digest": digests.answer_about_digest,
    "settings": people.open_settings,
    "mute": mutes.mute_by_command,
    "rules": rules.open_rules,
    "channels": channels.open_channels,
    "templates": templates.open_templates,
}
CLICKS: Reactions = {
    action_ids.OPEN_CALL: calls.open_call,
    action_ids.CALL_MENU: card_menu_handlers.choose_from_card_menu,
    action_ids.OPEN_CALLS: call_views.open_calls,
    action_ids.SHARE_CALL: calls.share_call,
    action_ids.CLAIM_CALL: missed_calls.claim_call,
    action_ids.CALLED_BACK: missed_calls.say_called_back,
    action_ids.CLAIM_MENU: missed_calls.choose_from_menu,
    action_ids.REOPEN_CALL: missed_calls.reopen_call,
    action_ids.LIFT_MUTE: mutes.lift_mute,
    re.compile(f"^{action_ids.TURN_CALLS_PAGE}:"): calls_command.turn_calls_page,
    action_ids.OPEN_TRANSCRIPT: call_views.open_transcript,
    re.compile(f"^{action_ids.TURN_TRANSCRIPT_PAGE}:"): call_views.turn_transcript_page,
    action_ids.OPEN_CONTACT: contacts.open_contact_of_call,
    action_ids.OPEN_CONTACT_OF_NUMBER: contacts.open_contact_of_number,
    action_ids.SHOW_CONTACT: contacts.show_contact,
    action_ids.CHOOSE_AGAIN: contacts.offer_choice,
    action_ids.CHOOSE_CONTACT: contacts.choose_contact,
    action_ids.CREATE_CONTACT: contact_form.create_contact,
    action_ids.EDIT_CONTACT: contact_form.edit_contact,
    action_ids.DELETE_CONTACT: contact_deletion.ask_about_deleting,
    action_ids.CHOOSE_NUMBER: texts.choose_number,
    action_ids.REPLY_TO_CALL: text_form.reply_to_call,
    action_ids.REPLY_TO_TEXT: text_form.reply_to_text,
    action_ids.TYPE_REPLY: text_form.count_characters,
    action_ids.FILL_IN_TEMPLATE: text_form.fill_in_template,
    action_ids.SEND_AGAIN: text_form.send_again,
    action_ids.TAKE_BACK: text_buttons.take_back,
    action_ids.BELIEVE_TEXT: text_buttons.believe_text,
    action_ids.SHOW_OPT_OUTS: text_buttons.show_opt_outs,
    action_ids.LINK_ME: people.open_link,
    action_ids.LINK_PERSON: people.open_link,
    action_ids.SHOW_UNMATCHED: people.show_unmatched,
    action_ids.TRY_CHANNEL: home.try_channel_again,
    action_ids.LOOK_AGAIN: home.look_again,
    action_ids.SWITCH_DIGEST: digests.switch_digest,
    action_ids.NEW_TEMPLATE: templates.new_template,
    action_ids.EDIT_TEMPLATE: templates.edit_template,
    action_ids.DELETE_TEMPLATE: templates.delete_template,
    action_ids.SHOW_EXAMPLE: templates.show_example,
    action_ids.SHOW_RULES: rules.show_rules,
    re.compile(f"^{action_ids.TURN_RULES_PAGE}:"): rules.turn_rules_page,
    action_ids.NEW_RULE: rules.new_rule,
    action_ids.RULE_MENU: rules.change_rule,
    action_ids.DELETE_RULE: rules.delete_rule,
    action_ids.TRY_RULES: rules.try_rules,
    action_ids.SHOW_CHANNELS: channels.show_channels,
    re.compile(f"^{action_ids.TURN_CHANNELS_PAGE}:"): channels.turn_channels_page,
    action_ids.SET_UP_CHANNEL: channels.set_up_channel,
    action_ids.CHANNEL_MENU: channels.change_channel,
}
SUBMISSIONS: Reactions = {
    action_ids.SAVE_CONTACT: contact_form.save_contact,
    action_ids.CONFIRM_DELETE: contact_deletion.delete_contact,
    action_ids.HAND_OVER_MODAL: missed_calls.hand_over,
    action_ids.LINK_MODAL: people.save_link,
    action_ids.SETTINGS_MODAL: own_settings.save_settings,
    action_ids.MUTE_MODAL: mutes.set_mute,
    action_ids.SEND_REPLY: text_form.send_reply,
    action_ids.SAVE_TEMPLATE: templates.save_template,
    action_ids.SAVE_RULE: rules.save_rule,
    action_ids.SAVE_CHANNEL: channels.save_channel,
}
CHOICES: Reactions = {
    action_ids.CHOOSE_EXTENSION: people.offer_extensions,
    action_ids.CHOOSE_RULE_PEOPLE: rules.offer_rule_people,
}
EVENTS: Reactions = {
    "app_home_opened": home.show_home,
    "channel_shared": shared_channels.note_shared,
    "channel_unshared": shared_channels.note_unshared,
}
LISTENERS = Listeners(
    commands=COMMANDS,
    clicks=CLICKS,
    submissions=SUBMISSIONS,
    choices=CHOICES,
    events=EVENTS,
    before_each=middleware.notice_newcomer,
    is_outsider=middleware.is_outsider,
    turn_away=middleware.turn_away,
    on_error=errors.explain_error,
)

# What a change in the store sets off: posts and edits in each channel, and whatever is no post.
CHANNELS = Channels(dispatch.channels_with_work, dispatch.deliver_next)
LANES = {
    TEXTS_LANE: Lane(sender.is_anything_to_send, sender.send_next_text),
    MEDIA_LANE: Lane(fetcher.is_anything_to_fetch, fetcher.fetch_next),
    DOUBTS_LANE: Lane(sender.is_any_in_doubt, sender.look_for_texts),
}

# The clock.
JOBS = (
    Job(CATCH_UP, polling.poll_calls),
    Job("index calls", service.index_calls, service.SECONDS_BETWEEN_LOOKS),
    Job(
        "look through address book",
        directory.look_through_address_book,
        directory.SECONDS_BETWEEN_LOOKS,
    ),
    Job("match people", slack_sync.match_slack_people, slack_sync.SECONDS_BETWEEN_PAGES),
    Job(POST_DIGESTS, digest.post_digests, digest.SECONDS_BETWEEN_LOOKS),
    Job(
        "text back",
        text_back.text_back_missed_calls,
        text_back.SECONDS_BETWEEN_LOOKS,
        only_with="text_back",
    ),
    Job(
        "remind of missed calls",
        reminders.remind_of_missed_calls,
        reminders.SECONDS_BETWEEN_LOOKS,
        only_with="remind_after",
    ),
    Job("meet newcomers", slack_sync.meet_newcomers, slack_sync.SECONDS_BETWEEN_NEWCOMERS),
    Job(LOOK_WHO_SHARES, slack_connect.look_who_shares, slack_connect.SECONDS_BETWEEN_LOOKS),
    Job("keep house", housekeeping.keep_house, DAY),
    Job(
        KEEP_SUBSCRIPTION,
        subscription.keep_subscription,
        subscription.SECONDS_BETWEEN_TRIES,
        only_with="public_url",
    ),
    Job(NOTICE_SILENCE, webhook_monitor.check_webhooks, only_with="has_webhooks"),
    Job(NOTICE_REFUSALS, refusals.notice_refusals),
    Job(NOTICE_NO_CALLS, webhook_monitor.notice_no_calls),
    Job(LOOK_AT_DISK, housekeeping.look_at_disk, housekeeping.SECONDS_BETWEEN_LOOKS_AT_DISK),
    Job(MIND_SLACK, slack_monitor.check_slack, slack_monitor.SECONDS_BETWEEN_LOOKS),
    Job(
        WATCH_SOCKET,
        socket_watch.check_socket_mode,
        socket_watch.SECONDS_BETWEEN_LOOKS,
        only_with="slack_app_token",
    ),
)


def own_parts(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Give what handlers have of each other, beside the collaborators; made once for a bot."""
    return {
        "open_form": bind(contact_form.open_form, parts),
        "roll": slack_sync.Roll(),
        "vocatech_words": {word: bind(say, parts) for word, say in VOCATECH_WORDS.items()},
    }
