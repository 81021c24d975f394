"""Everything that can set the bot off, on one screen; what each needs, its signature says."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.collaborators import bind
from bot.lanes import DOUBTS_LANE, MEDIA_LANE, TEXTS_LANE
from bot.slack_ids import (
    BELIEVE_TEXT,
    CALL_MENU,
    CALLED_BACK,
    CHANNEL_MENU,
    CHOOSE_AGAIN,
    CHOOSE_CONTACT,
    CHOOSE_EXTENSION,
    CHOOSE_NUMBER,
    CHOOSE_RULE_PEOPLE,
    CLAIM_CALL,
    CLAIM_MENU,
    CONFIRM_DELETE,
    CREATE_CONTACT,
    DELETE_CONTACT,
    DELETE_RULE,
    DELETE_TEMPLATE,
    EDIT_CONTACT,
    EDIT_TEMPLATE,
    FILL_IN_TEMPLATE,
    HAND_OVER_MODAL,
    LIFT_MUTE,
    LINK_ME,
    LINK_MODAL,
    LINK_PERSON,
    LOOK_AGAIN,
    MUTE_MODAL,
    NEW_RULE,
    NEW_TEMPLATE,
    OPEN_CALL,
    OPEN_CALLS,
    OPEN_CONTACT,
    OPEN_CONTACT_OF_NUMBER,
    OPEN_TRANSCRIPT,
    REOPEN_CALL,
    REPLY_TO_CALL,
    REPLY_TO_TEXT,
    RULE_MENU,
    SAVE_CHANNEL,
    SAVE_CONTACT,
    SAVE_RULE,
    SAVE_TEMPLATE,
    SEND_AGAIN,
    SEND_REPLY,
    SET_UP_CHANNEL,
    SETTINGS_MODAL,
    SHARE_CALL,
    SHOW_CHANNELS,
    SHOW_CONTACT,
    SHOW_EXAMPLE,
    SHOW_OPT_OUTS,
    SHOW_RULES,
    SHOW_UNMATCHED,
    SWITCH_DIGEST,
    TAKE_BACK,
    TRY_CHANNEL,
    TRY_RULES,
    TURN_CALLS_PAGE,
    TURN_CHANNELS_PAGE,
    TURN_RULES_PAGE,
    TURN_TRANSCRIPT_PAGE,
    TYPE_REPLY,
)
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
from handlers.address_book import SECONDS_BETWEEN_LOOKS, look_through_address_book
from handlers.announcements import announce_next, channels_with_work
from handlers.call_indexing import SECONDS_BETWEEN_LOOKS as SECONDS_BETWEEN_INDEXING
from handlers.call_indexing import index_calls
from handlers.call_sharing import open_call, share_call
from handlers.call_views import open_calls, open_transcript, turn_transcript_page
from handlers.calls_command import list_calls, turn_calls_page
from handlers.card_menu import choose_from_card_menu
from handlers.catch_up import catch_up
from handlers.channels import (
    change_channel,
    open_channels,
    save_channel,
    set_up_channel,
    show_channels,
    turn_channels_page,
)
from handlers.claims import (
    choose_from_menu,
    claim_call,
    hand_over,
    reopen_call,
    say_called_back,
)
from handlers.contact_command import (
    answer_contact_command,
    choose_contact,
    offer_choice,
    open_contact_of_call,
    open_contact_of_number,
    show_contact,
)
from handlers.contact_deletion import ask_about_deleting, delete_contact
from handlers.contact_forms import create_contact, edit_contact, open_form, save_contact
from handlers.digest import SECONDS_BETWEEN_LOOKS as SECONDS_BETWEEN_DIGESTS
from handlers.digest import post_digests, switch_digest
from handlers.errors import explain_error
from handlers.health import say_alive, say_ready, show_metrics
from handlers.hearing import notice_no_calls, notice_silence
from handlers.home import look_again, show_home, try_channel_again
from handlers.housekeeping import SECONDS_BETWEEN_LOOKS_AT_DISK, keep_house, look_at_disk
from handlers.linking import offer_extensions, open_link, save_link, show_unmatched
from handlers.media_fetching import fetch_next, is_anything_to_fetch
from handlers.mutes import lift_mute, mute_by_command, set_mute
from handlers.outsiders import is_outsider, turn_away
from handlers.own_settings import save_settings
from handlers.people import (
    SECONDS_BETWEEN_NEWCOMERS,
    SECONDS_BETWEEN_PAGES,
    Roll,
    match_slack_people,
    meet_newcomers,
    notice_newcomer,
)
from handlers.provider_webhooks import receive_webhook
from handlers.refusals import notice_refusals
from handlers.reminders import SECONDS_BETWEEN_LOOKS as SECONDS_BETWEEN_REMINDERS
from handlers.reminders import remind_of_missed_calls
from handlers.rules import (
    change_rule,
    delete_rule,
    new_rule,
    offer_rule_people,
    save_rule,
    show_rules,
    try_rules,
    turn_rules_page,
)
from handlers.shared_channels import SECONDS_BETWEEN_LOOKS as SECONDS_BETWEEN_SHARES
from handlers.shared_channels import look_who_shares, note_shared, note_unshared
from handlers.slack_requests import answer_slack
from handlers.slack_standing import SECONDS_BETWEEN_LOOKS as SECONDS_BETWEEN_LOOKS_AT_SLACK
from handlers.slack_standing import mind_slack
from handlers.sms_command import choose_number, open_sms
from handlers.sms_reply import (
    count_characters,
    fill_in_template,
    reply_to_call,
    reply_to_text,
    send_again,
    send_reply,
)
from handlers.socket_watch import SECONDS_BETWEEN_LOOKS as SECONDS_BETWEEN_SOCKET_LOOKS
from handlers.socket_watch import watch_socket_mode
from handlers.subscription import SECONDS_BETWEEN_TRIES, keep_subscription
from handlers.templates import (
    delete_template,
    edit_template,
    new_template,
    save_template,
    show_example,
)
from handlers.text_back import SECONDS_BETWEEN_LOOKS as SECONDS_BETWEEN_TEXTS_BACK
from handlers.text_back import text_back_missed_calls
from handlers.text_buttons import believe_text, show_opt_outs, take_back
from handlers.text_sending import (
    is_any_in_doubt,
    is_anything_to_send,
    look_for_texts,
    send_next_text,
)
from handlers.vocatech_command import (
    answer_about_digest,
    answer_vocatech,
    link_somebody,
    open_rules,
    open_settings,
    open_templates,
    show_help,
    show_status,
    unlink_somebody,
)

DAY = 86_400.0

# HTTP requests, by path and method.
PATHS: dict[str, dict[str, Callable[..., Response]]] = {
    PATH: {"POST": receive_webhook},
    "/slack/events": {"POST": answer_slack},
    "/healthz": {"GET": say_alive},
    "/readyz": {"GET": say_ready},
    "/metrics": {"GET": show_metrics},
}

# What people do in Slack, over HTTP or Socket Mode alike.
COMMANDS: Reactions = {
    CALLS.name: list_calls,
    CONTACT.name: answer_contact_command,
    SMS.name: open_sms,
    VOCATECH.name: answer_vocatech,
}
# The first word after /vocatech.
VOCATECH_WORDS: dict[str, Callable[..., None]] = {
    "": show_help,
    "help": show_help,
    "link": link_somebody,
    "unlink": unlink_somebody,
    "status": show_status,
    "digest": answer_about_digest,
    "settings": open_settings,
    "mute": mute_by_command,
    "rules": open_rules,
    "channels": open_channels,
    "templates": open_templates,
}
CLICKS: Reactions = {
    OPEN_CALL: open_call,
    CALL_MENU: choose_from_card_menu,
    OPEN_CALLS: open_calls,
    SHARE_CALL: share_call,
    CLAIM_CALL: claim_call,
    CALLED_BACK: say_called_back,
    CLAIM_MENU: choose_from_menu,
    REOPEN_CALL: reopen_call,
    LIFT_MUTE: lift_mute,
    re.compile(f"^{TURN_CALLS_PAGE}:"): turn_calls_page,
    OPEN_TRANSCRIPT: open_transcript,
    re.compile(f"^{TURN_TRANSCRIPT_PAGE}:"): turn_transcript_page,
    OPEN_CONTACT: open_contact_of_call,
    OPEN_CONTACT_OF_NUMBER: open_contact_of_number,
    SHOW_CONTACT: show_contact,
    CHOOSE_AGAIN: offer_choice,
    CHOOSE_CONTACT: choose_contact,
    CREATE_CONTACT: create_contact,
    EDIT_CONTACT: edit_contact,
    DELETE_CONTACT: ask_about_deleting,
    CHOOSE_NUMBER: choose_number,
    REPLY_TO_CALL: reply_to_call,
    REPLY_TO_TEXT: reply_to_text,
    TYPE_REPLY: count_characters,
    FILL_IN_TEMPLATE: fill_in_template,
    SEND_AGAIN: send_again,
    TAKE_BACK: take_back,
    BELIEVE_TEXT: believe_text,
    SHOW_OPT_OUTS: show_opt_outs,
    LINK_ME: open_link,
    LINK_PERSON: open_link,
    SHOW_UNMATCHED: show_unmatched,
    TRY_CHANNEL: try_channel_again,
    LOOK_AGAIN: look_again,
    SWITCH_DIGEST: switch_digest,
    NEW_TEMPLATE: new_template,
    EDIT_TEMPLATE: edit_template,
    DELETE_TEMPLATE: delete_template,
    SHOW_EXAMPLE: show_example,
    SHOW_RULES: show_rules,
    re.compile(f"^{TURN_RULES_PAGE}:"): turn_rules_page,
    NEW_RULE: new_rule,
    RULE_MENU: change_rule,
    DELETE_RULE: delete_rule,
    TRY_RULES: try_rules,
    SHOW_CHANNELS: show_channels,
    re.compile(f"^{TURN_CHANNELS_PAGE}:"): turn_channels_page,
    SET_UP_CHANNEL: set_up_channel,
    CHANNEL_MENU: change_channel,
}
SUBMISSIONS: Reactions = {
    SAVE_CONTACT: save_contact,
    CONFIRM_DELETE: delete_contact,
    HAND_OVER_MODAL: hand_over,
    LINK_MODAL: save_link,
    SETTINGS_MODAL: save_settings,
    MUTE_MODAL: set_mute,
    SEND_REPLY: send_reply,
    SAVE_TEMPLATE: save_template,
    SAVE_RULE: save_rule,
    SAVE_CHANNEL: save_channel,
}
CHOICES: Reactions = {
    CHOOSE_EXTENSION: offer_extensions,
    CHOOSE_RULE_PEOPLE: offer_rule_people,
}
EVENTS: Reactions = {
    "app_home_opened": show_home,
    "channel_shared": note_shared,
    "channel_unshared": note_unshared,
}
LISTENERS = Listeners(
    commands=COMMANDS,
    clicks=CLICKS,
    submissions=SUBMISSIONS,
    choices=CHOICES,
    events=EVENTS,
    before_each=notice_newcomer,
    is_outsider=is_outsider,
    turn_away=turn_away,
    on_error=explain_error,
)

# What a change in the store sets off: posts and edits in each channel, and whatever is no post.
CHANNELS = Channels(channels_with_work, announce_next)
LANES = {
    TEXTS_LANE: Lane(is_anything_to_send, send_next_text),
    MEDIA_LANE: Lane(is_anything_to_fetch, fetch_next),
    DOUBTS_LANE: Lane(is_any_in_doubt, look_for_texts),
}

# The clock.
JOBS = (
    Job(CATCH_UP, catch_up),
    Job("index calls", index_calls, SECONDS_BETWEEN_INDEXING),
    Job("look through address book", look_through_address_book, SECONDS_BETWEEN_LOOKS),
    Job("match people", match_slack_people, SECONDS_BETWEEN_PAGES),
    Job(POST_DIGESTS, post_digests, SECONDS_BETWEEN_DIGESTS),
    Job("text back", text_back_missed_calls, SECONDS_BETWEEN_TEXTS_BACK, only_with="text_back"),
    Job(
        "remind of missed calls",
        remind_of_missed_calls,
        SECONDS_BETWEEN_REMINDERS,
        only_with="remind_after",
    ),
    Job("meet newcomers", meet_newcomers, SECONDS_BETWEEN_NEWCOMERS),
    Job(LOOK_WHO_SHARES, look_who_shares, SECONDS_BETWEEN_SHARES),
    Job("keep house", keep_house, DAY),
    Job(KEEP_SUBSCRIPTION, keep_subscription, SECONDS_BETWEEN_TRIES, only_with="public_url"),
    Job(NOTICE_SILENCE, notice_silence, only_with="has_webhooks"),
    Job(NOTICE_REFUSALS, notice_refusals),
    Job(NOTICE_NO_CALLS, notice_no_calls),
    Job(LOOK_AT_DISK, look_at_disk, SECONDS_BETWEEN_LOOKS_AT_DISK),
    Job(MIND_SLACK, mind_slack, SECONDS_BETWEEN_LOOKS_AT_SLACK),
    Job(
        WATCH_SOCKET,
        watch_socket_mode,
        SECONDS_BETWEEN_SOCKET_LOOKS,
        only_with="slack_app_token",
    ),
)


def own_parts(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Give what handlers have of each other, beside the collaborators; made once for a bot."""
    return {
        "open_form": bind(open_form, parts),
        "roll": Roll(),
        "vocatech_words": {word: bind(say, parts) for word, say in VOCATECH_WORDS.items()},
    }
