"""Everything that can set the bot off, on one screen; what each needs, its signature says."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot import slack_ids as ids
from bot.collaborators import bind
from bot.lanes import DOUBTS_LANE, MEDIA_LANE, TEXTS_LANE
from bot.slash_commands import CALLS, CONTACT, SMS, VOCATECH
from bot.subscription import PATH
from bot.troubles import (
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
from bot.ways_in import Channels, Job, Lane, Listeners, Reactions
from bot.web import Response
from handlers import (
    address_book,
    announcements,
    call_indexing,
    call_sharing,
    call_views,
    calls_command,
    card_menu,
    catch_up,
    channels,
    claims,
    contact_command,
    contact_deletion,
    contact_forms,
    digest,
    errors,
    health,
    hearing,
    home,
    housekeeping,
    linking,
    media_fetching,
    mutes,
    outsiders,
    own_settings,
    people,
    provider_webhooks,
    refusals,
    reminders,
    rules,
    shared_channels,
    slack_requests,
    slack_standing,
    sms_command,
    sms_reply,
    socket_watch,
    subscription,
    templates,
    text_back,
    text_buttons,
    text_sending,
    vocatech_command,
)

DAY = 86_400.0

# HTTP requests, by path and method.
PATHS: dict[str, dict[str, Callable[..., Response]]] = {
    PATH: {"POST": provider_webhooks.receive_webhook},
    "/slack/events": {"POST": slack_requests.answer_slack},
    "/healthz": {"GET": health.say_alive},
    "/readyz": {"GET": health.say_ready},
    "/metrics": {"GET": health.show_metrics},
}

# What people do in Slack, over HTTP or Socket Mode alike.
COMMANDS: Reactions = {
    CALLS.name: calls_command.list_calls,
    CONTACT.name: contact_command.answer_contact_command,
    SMS.name: sms_command.open_sms,
    VOCATECH.name: vocatech_command.answer_vocatech,
}
# The first word after /vocatech.
VOCATECH_WORDS: dict[str, Callable[..., None]] = {
    "": vocatech_command.show_help,
    "help": vocatech_command.show_help,
    "link": vocatech_command.link_somebody,
    "unlink": vocatech_command.unlink_somebody,
    "status": vocatech_command.show_status,
    "digest": vocatech_command.answer_about_digest,
    "settings": vocatech_command.open_settings,
    "mute": mutes.mute_by_command,
    "rules": vocatech_command.open_rules,
    "channels": channels.open_channels,
    "templates": vocatech_command.open_templates,
}
CLICKS: Reactions = {
    ids.OPEN_CALL: call_sharing.open_call,
    ids.CALL_MENU: card_menu.choose_from_card_menu,
    ids.OPEN_CALLS: call_views.open_calls,
    ids.SHARE_CALL: call_sharing.share_call,
    ids.CLAIM_CALL: claims.claim_call,
    ids.CALLED_BACK: claims.say_called_back,
    ids.CLAIM_MENU: claims.choose_from_menu,
    ids.REOPEN_CALL: claims.reopen_call,
    ids.LIFT_MUTE: mutes.lift_mute,
    re.compile(f"^{ids.TURN_CALLS_PAGE}:"): calls_command.turn_calls_page,
    ids.OPEN_TRANSCRIPT: call_views.open_transcript,
    re.compile(f"^{ids.TURN_TRANSCRIPT_PAGE}:"): call_views.turn_transcript_page,
    ids.OPEN_CONTACT: contact_command.open_contact_of_call,
    ids.OPEN_CONTACT_OF_NUMBER: contact_command.open_contact_of_number,
    ids.SHOW_CONTACT: contact_command.show_contact,
    ids.CHOOSE_AGAIN: contact_command.offer_choice,
    ids.CHOOSE_CONTACT: contact_command.choose_contact,
    ids.CREATE_CONTACT: contact_forms.create_contact,
    ids.EDIT_CONTACT: contact_forms.edit_contact,
    ids.DELETE_CONTACT: contact_deletion.ask_about_deleting,
    ids.CHOOSE_NUMBER: sms_command.choose_number,
    ids.REPLY_TO_CALL: sms_reply.reply_to_call,
    ids.REPLY_TO_TEXT: sms_reply.reply_to_text,
    ids.TYPE_REPLY: sms_reply.count_characters,
    ids.FILL_IN_TEMPLATE: sms_reply.fill_in_template,
    ids.SEND_AGAIN: sms_reply.send_again,
    ids.TAKE_BACK: text_buttons.take_back,
    ids.BELIEVE_TEXT: text_buttons.believe_text,
    ids.SHOW_OPT_OUTS: text_buttons.show_opt_outs,
    ids.LINK_ME: linking.open_link,
    ids.LINK_PERSON: linking.open_link,
    ids.SHOW_UNMATCHED: linking.show_unmatched,
    ids.TRY_CHANNEL: home.try_channel_again,
    ids.LOOK_AGAIN: home.look_again,
    ids.SWITCH_DIGEST: digest.switch_digest,
    ids.NEW_TEMPLATE: templates.new_template,
    ids.EDIT_TEMPLATE: templates.edit_template,
    ids.DELETE_TEMPLATE: templates.delete_template,
    ids.SHOW_EXAMPLE: templates.show_example,
    ids.SHOW_RULES: rules.show_rules,
    re.compile(f"^{ids.TURN_RULES_PAGE}:"): rules.turn_rules_page,
    ids.NEW_RULE: rules.new_rule,
    ids.RULE_MENU: rules.change_rule,
    ids.DELETE_RULE: rules.delete_rule,
    ids.TRY_RULES: rules.try_rules,
    ids.SHOW_CHANNELS: channels.show_channels,
    re.compile(f"^{ids.TURN_CHANNELS_PAGE}:"): channels.turn_channels_page,
    ids.SET_UP_CHANNEL: channels.set_up_channel,
    ids.CHANNEL_MENU: channels.change_channel,
}
SUBMISSIONS: Reactions = {
    ids.SAVE_CONTACT: contact_forms.save_contact,
    ids.CONFIRM_DELETE: contact_deletion.delete_contact,
    ids.HAND_OVER_MODAL: claims.hand_over,
    ids.LINK_MODAL: linking.save_link,
    ids.SETTINGS_MODAL: own_settings.save_settings,
    ids.MUTE_MODAL: mutes.set_mute,
    ids.SEND_REPLY: sms_reply.send_reply,
    ids.SAVE_TEMPLATE: templates.save_template,
    ids.SAVE_RULE: rules.save_rule,
    ids.SAVE_CHANNEL: channels.save_channel,
}
CHOICES: Reactions = {
    ids.CHOOSE_EXTENSION: linking.offer_extensions,
    ids.CHOOSE_RULE_PEOPLE: rules.offer_rule_people,
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
    before_each=people.notice_newcomer,
    is_outsider=outsiders.is_outsider,
    turn_away=outsiders.turn_away,
    on_error=errors.explain_error,
)

# What a change in the store sets off: posts and edits in each channel, and whatever is no post.
CHANNELS = Channels(announcements.channels_with_work, announcements.announce_next)
LANES = {
    TEXTS_LANE: Lane(text_sending.is_anything_to_send, text_sending.send_next_text),
    MEDIA_LANE: Lane(media_fetching.is_anything_to_fetch, media_fetching.fetch_next),
    DOUBTS_LANE: Lane(text_sending.is_any_in_doubt, text_sending.look_for_texts),
}

# The clock.
JOBS = (
    Job(CATCH_UP, catch_up.catch_up),
    Job("index calls", call_indexing.index_calls, call_indexing.SECONDS_BETWEEN_LOOKS),
    Job(
        "look through address book",
        address_book.look_through_address_book,
        address_book.SECONDS_BETWEEN_LOOKS,
    ),
    Job("match people", people.match_slack_people, people.SECONDS_BETWEEN_PAGES),
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
    Job("meet newcomers", people.meet_newcomers, people.SECONDS_BETWEEN_NEWCOMERS),
    Job(LOOK_WHO_SHARES, shared_channels.look_who_shares, shared_channels.SECONDS_BETWEEN_LOOKS),
    Job("keep house", housekeeping.keep_house, DAY),
    Job(
        KEEP_SUBSCRIPTION,
        subscription.keep_subscription,
        subscription.SECONDS_BETWEEN_TRIES,
        only_with="public_url",
    ),
    Job(NOTICE_SILENCE, hearing.notice_silence, only_with="has_webhooks"),
    Job(NOTICE_REFUSALS, refusals.notice_refusals),
    Job(NOTICE_NO_CALLS, hearing.notice_no_calls),
    Job(LOOK_AT_DISK, housekeeping.look_at_disk, housekeeping.SECONDS_BETWEEN_LOOKS_AT_DISK),
    Job(MIND_SLACK, slack_standing.mind_slack, slack_standing.SECONDS_BETWEEN_LOOKS),
    Job(
        WATCH_SOCKET,
        socket_watch.watch_socket_mode,
        socket_watch.SECONDS_BETWEEN_LOOKS,
        only_with="slack_app_token",
    ),
)


def own_parts(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Give what handlers have of each other, beside the collaborators; made once for a bot."""
    return {
        "open_form": bind(contact_forms.open_form, parts),
        "roll": people.Roll(),
        "vocatech_words": {word: bind(say, parts) for word, say in VOCATECH_WORDS.items()},
    }
