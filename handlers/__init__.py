"""Everything in Slack that triggers the app: commands, buttons, forms, and events.

HTTP paths are in `endpoints/__init__.py`, jobs in `jobs.py`, queues in `workers.py`. A handler
reads the request, calls a service, and answers. Its class has typed fields for the services, so a
wrong service fails mypy.
"""

import re
from collections.abc import Callable
from functools import partial

from bot.calls.card_menu import (
    ADD_NOTE,
    HAND_OVER,
    HISTORY,
    MUTE,
    NOT_CUSTOMER,
    RELEASE,
    REMIND,
    SPAM,
    UNMARK,
    WHY,
)
from bot.contacts.shortcuts import ShortcutService
from bot.home.callbacks_section import DONE, OPEN, REPLY
from bot.home.service import HomeService
from bot.services import Services
from bot.slack.bolt_adapter import Listeners, Reactions
from bot.ui import action_ids as ids
from bot.ui.command_text import CommandText
from bot.ui.commands import CALLS, CONTACT, SMS, VOCATECH
from handlers.calls import CallHandlers, CardMenuHandler
from handlers.channels import ChannelHandlers, MuteHandlers
from handlers.contacts import ContactHandlers, ErasureHandlers, ScreeningHandlers
from handlers.digests import DigestHandlers
from handlers.errors import ErrorHandler
from handlers.follow_ups import FollowUpHandlers
from handlers.home import HomeHandlers, redraws_of_lists
from handlers.middleware import Middleware
from handlers.missed_calls import MissedCallHandlers
from handlers.notes import ModalsBelow, NoteHandlers, Redraw, TimelineHandlers
from handlers.outcomes import OutcomeHandlers, OutcomeListHandlers
from handlers.outgoing_webhooks import EndpointHandlers
from handlers.people import PeopleHandlers, UserHandlers
from handlers.rules import RuleHandlers
from handlers.shortcuts import ShortcutHandlers
from handlers.templates import TemplateHandlers
from handlers.text_form import TextFormHandlers
from handlers.texts import TextHandlers
from handlers.vocatech_command import VocatechCommand
from handlers.work_objects import WorkObjectHandlers
from handlers.workflow_steps import WorkflowStepHandlers


def make_listeners(s: Services, *, run_job_now: Callable[[str], None]) -> Listeners:
    """Return the handlers of Slack interactions, for HTTP and Socket Mode."""
    calls = CallHandlers(s.calls, s.call_sharing, s.store, s.slack, s.locale, s.clock, s.guests)
    channels = ChannelHandlers(s.channels, s.slack, s.store.submissions, s.home.refresh)
    mutes = MuteHandlers(s.mutes, s.slack)
    timelines = TimelineHandlers(s.timelines, s.slack)
    noted: dict[str, Redraw] = {
        ids.CALL_MODAL: lambda known, _: s.claims.redraw(known),
        ids.CONTACT_MODAL: s.contact_presenter.redraw,
        ids.TIMELINE_MODAL: timelines.redraw,
    }
    lists = redraws_of_lists(s.home, s.screening, s.follow_ups, s.scheduled)
    below = ModalsBelow(s.slack, s.guests, {**noted, **lists})
    contacts = ContactHandlers(s.contacts, s.contact_presenter, s.slack, s.slow_forms, below.redraw)
    erasures = ErasureHandlers(s.erasures, s.slack, s.slow_forms)
    digests = DigestHandlers(s.digests, s.home, s.slack, s.locale)
    middleware = Middleware(
        s.external_users, s.store, s.clock, s.metrics, s.newcomers, s.guests, s.slack
    )
    work_objects = WorkObjectHandlers(s.work_objects, s.settings.work_objects)
    redraws = (s.home.refresh, s.work_objects.refresh, below.redraw)
    missed_calls = MissedCallHandlers(s.slack, s.claims, s.mutes, s.rules.presenter, *redraws)
    screening = ScreeningHandlers(
        s.screening,
        s.claims,
        s.slack,
        contacts.open_contact_of_number,
        s.home.refresh,
        below.redraw,
    )
    outcomes = OutcomeHandlers(s.slack, s.outcomes, s.claims, below.redraw)
    outcome_list = OutcomeListHandlers(s.outcome_list, s.slack, s.store.submissions, s.home.refresh)
    endpoints = EndpointHandlers(s.endpoints, s.slack, s.store.submissions, s.home.refresh)
    people = PeopleHandlers(s.people, s.slack, s.departures)
    users = UserHandlers(s.users, s.people, s.slack, s.slow_forms)
    rules = RuleHandlers(s.rules, s.slack, s.store.submissions, s.home.refresh)
    templates = TemplateHandlers(s.templates, s.slack, s.store.submissions, s.home.refresh)
    opens = (calls.open_call, contacts.show_contact, contacts.open_contact_of_number)
    follow_ups = FollowUpHandlers(s.slack, s.follow_ups, s.home.refresh, below.redraw, *opens)
    text_form = TextFormHandlers(
        s.slack, s.texts, s.scheduled, s.open_modals, s.home.refresh, below.redraw, timelines.show
    )
    texts = TextHandlers(s.slack, s.texts, s.opt_outs, s.scheduled, s.home.refresh, below.redraw)
    home = HomeHandlers(
        service=HomeService(
            home=s.home,
            slack=s.slack,
            external_users=s.external_users,
            permissions=s.permissions,
            store=s.store,
            clock=s.clock,
            vocatech=s.vocatech,
            run_now=s.run_now,
            run_job_now=run_job_now,
        ),
        claim=missed_calls.claim_call,
        callback_actions={
            DONE: missed_calls.mark_called_back,
            REPLY: text_form.reply_to_call,
            HAND_OVER: missed_calls.choose_from_menu,
            RELEASE: missed_calls.choose_from_menu,
            OPEN: calls.open_call,
        },
    )
    notes = NoteHandlers(s.notes, s.slack, s.store, redraws=noted)
    # By the key of an entry in bot/calls/card_menu.py.
    card_menu = CardMenuHandler(
        {
            ADD_NOTE: notes.add_to_call,
            REMIND: follow_ups.remind_of_call,
            HISTORY: timelines.show_for_call,
            HAND_OVER: missed_calls.choose_from_menu,
            RELEASE: missed_calls.choose_from_menu,
            NOT_CUSTOMER: screening.mark_not_customer,
            SPAM: screening.ask_about_spam,
            UNMARK: screening.remove_mark,
            WHY: missed_calls.choose_from_menu,
            MUTE: missed_calls.choose_from_menu,
        },
        slack=s.slack,
        reset=s.call_sharing.reset_menu,
        redraw=s.claims.redraw,
    )
    vocatech_command = VocatechCommand(
        s.store, s.vocatech, s.permissions, s.locale, s.settings.has_webhooks
    )
    # By the first word after /vocatech.
    words: dict[str, Callable[[CommandText], None]] = {
        "": vocatech_command.show_help,
        "help": vocatech_command.show_help,
        "link": people.link_by_command,
        "unlink": people.unlink_by_command,
        "status": vocatech_command.show_status,
        "digest": digests.answer_about_digest,
        "settings": people.open_settings,
        "mute": mutes.mute_by_command,
        "follow-ups": follow_ups.list_by_command,
        "rules": rules.open_list,
        "channels": channels.open_list,
        "templates": templates.open_list,
        "outcomes": outcome_list.open_list,
        "webhooks": endpoints.open_list,
        "forget": erasures.ask_to_erase,
        "callers": screening.open_callers,
        "users": users.open_by_command,
    }
    shortcuts = ShortcutHandlers(
        ShortcutService(s.store, s.locale, s.texts, s.contact_presenter, s.calls, s.notes), s.slack
    )
    commands: Reactions = {
        CALLS.name: calls.list_calls,
        CONTACT.name: contacts.answer_contact_command,
        SMS.name: texts.open_sms,
        VOCATECH.name: partial(vocatech_command.answer_vocatech, vocatech_words=words),
    }
    actions: Reactions = {
        ids.OPEN_CALL: calls.open_call,
        ids.CARD_MENU: card_menu.choose,
        ids.CALL_MENU: missed_calls.choose_from_card_menu,
        ids.OPEN_CALLS: calls.open_calls,
        ids.SHARE_CALL: calls.share_call,
        ids.CLAIM_CALL: missed_calls.claim_call,
        ids.CALLED_BACK: missed_calls.mark_called_back,
        ids.CLAIM_MENU: missed_calls.choose_from_menu,
        ids.REOPEN_CALL: missed_calls.reopen_call,
        ids.LIFT_MUTE: mutes.lift_mute,
        re.compile(f"^{ids.TURN_CALLS_PAGE}:"): calls.turn_calls_page,
        ids.OPEN_TRANSCRIPT: calls.open_transcript,
        re.compile(f"^{ids.TURN_TRANSCRIPT_PAGE}:"): calls.turn_transcript_page,
        ids.OPEN_CONTACT: contacts.open_contact_of_call,
        ids.OPEN_CONTACT_OF_NUMBER: contacts.open_contact_of_number,
        ids.SHOW_CONTACT: contacts.show_contact,
        ids.CHOOSE_AGAIN: contacts.offer_choice,
        ids.CHOOSE_CONTACT: contacts.choose_contact,
        ids.CREATE_CONTACT: contacts.create_contact,
        ids.EDIT_CONTACT: contacts.edit_contact,
        ids.DELETE_CONTACT: contacts.ask_about_deleting,
        ids.CHOOSE_NUMBER: texts.choose_number,
        ids.CHOOSE_TARGET: shortcuts.choose_target,
        ids.REMIND_OF_CONTACT: follow_ups.remind_of_contact,
        ids.REMIND_OF_NUMBER: follow_ups.remind_of_number,
        ids.FOLLOW_UP_DONE: follow_ups.mark_done,
        ids.SNOOZE_FOLLOW_UP: follow_ups.snooze,
        ids.FOLLOW_UP_MENU: follow_ups.choose_from_menu,
        ids.SHOW_FOLLOW_UPS: follow_ups.show_list,
        re.compile(f"^{ids.TURN_FOLLOW_UPS_PAGE}:"): follow_ups.turn_page,
        ids.REPLY_TO_CALL: text_form.reply_to_call,
        ids.REPLY_TO_TEXT: text_form.reply_to_text,
        ids.TYPE_REPLY: text_form.refresh_form,
        ids.CHOOSE_SEND_TIME: text_form.refresh_form,
        ids.CHOOSE_SEND_ZONE: text_form.choose_zone,
        ids.SEND_IN_MORNING: text_form.choose_morning,
        ids.CHANGE_SCHEDULED: text_form.change_scheduled,
        ids.SCHEDULED_MENU: texts.choose_for_scheduled,
        ids.SHOW_SCHEDULED: texts.show_scheduled,
        ids.FILL_IN_TEMPLATE: text_form.fill_in_template,
        ids.SEND_AGAIN: text_form.send_again,
        ids.TAKE_BACK: texts.cancel_text,
        ids.BELIEVE_TEXT: texts.confirm_sent,
        ids.SHOW_OPT_OUTS: texts.show_opt_outs,
        ids.SHOW_WHOLE_TEXT: texts.show_whole_text,
        ids.RECORD_OPT_OUT: texts.record_opt_out,
        ids.LIFT_OPT_OUT: texts.lift_opt_out,
        ids.SHOW_TIMELINE: text_form.show_history,
        re.compile(f"^{ids.TURN_TIMELINE_PAGE}:"): timelines.turn_page,
        ids.ADD_NOTE: notes.add,
        ids.NOTE_MENU: notes.choose_from_menu,
        ids.SHOW_NOTE: notes.show_whole,
        re.compile(f"^{ids.TURN_NOTE_PAGE}:"): notes.turn_page,
        ids.LINK_ME: people.open_link,
        ids.LINK_PERSON: people.open_link,
        ids.SHOW_UNMATCHED: people.show_unmatched,
        ids.SHOW_USERS: users.show_list,
        re.compile(f"^{ids.TURN_USERS_PAGE}:"): users.turn_page,
        ids.NEW_USER: users.new,
        ids.EDIT_USER: users.edit,
        ids.CALLBACK_MENU: home.choose_callback_action,
        ids.CLAIM_LISTED: home.claim_listed_call,
        ids.SHOW_CALLBACKS: home.show_callbacks,
        ids.SHOW_MY_CALLS: home.show_my_calls,
        ids.SHOW_ADMIN_LIST: home.show_admin_list,
        ids.TRY_CHANNEL: home.try_channel_again,
        ids.LOOK_AGAIN: home.check_incident,
        ids.SWITCH_DIGEST: digests.switch_digest,
        ids.NEW_TEMPLATE: templates.new,
        ids.EDIT_TEMPLATE: templates.edit,
        ids.DELETE_TEMPLATE: templates.delete,
        ids.SHOW_EXAMPLE: templates.show_example,
        ids.SHOW_RULES: rules.show_list,
        re.compile(f"^{ids.TURN_RULES_PAGE}:"): rules.turn_page,
        ids.NEW_RULE: rules.new,
        ids.RULE_MENU: rules.choose_from_menu,
        ids.DELETE_RULE: rules.delete,
        ids.TRY_RULES: rules.try_rules,
        ids.SHOW_CHANNELS: channels.show_list,
        re.compile(f"^{ids.TURN_CHANNELS_PAGE}:"): channels.turn_page,
        ids.SET_UP_CHANNEL: channels.new,
        ids.CHANNEL_MENU: channels.choose_from_menu,
        re.compile(f"^{ids.CHOOSE_OUTCOME}:"): outcomes.choose_outcome,
        ids.SHOW_OUTCOMES: outcome_list.show_list,
        ids.NEW_OUTCOME: outcome_list.new,
        ids.EDIT_OUTCOME: outcome_list.edit,
        ids.DELETE_OUTCOME: outcome_list.delete,
        ids.SHOW_ENDPOINTS: endpoints.show_list,
        ids.NEW_ENDPOINT: endpoints.new,
        ids.EDIT_ENDPOINT: endpoints.edit,
        ids.DELETE_ENDPOINT: endpoints.delete,
        ids.ENDPOINT_MENU: endpoints.choose_from_menu,
        ids.TEST_ENDPOINT: endpoints.send_test,
        ids.SHOW_FAILED_EVENTS: endpoints.show_failed,
        ids.RETRY_EVENTS: endpoints.retry,
        ids.DISCARD_EVENTS: endpoints.discard,
        ids.SHOW_CALLERS: screening.show_callers,
        ids.DELETE_COMMENT: work_objects.delete_comment,
        re.compile(f"^{ids.TURN_CALLERS_PAGE}:"): screening.turn_callers_page,
        ids.CALLER_MENU: screening.choose_for_caller,
        ids.UNMARK_NUMBER: screening.unmark_listed,
    }
    submissions: Reactions = {
        ids.LOOK_UP_FORM: shortcuts.look_up,
        ids.SEARCH_CALLS_FORM: shortcuts.show_calls,
        ids.SAVE_NOTE: notes.save,
        ids.DELETE_NOTE: notes.delete,
        ids.SAVE_CONTACT: contacts.save_contact,
        ids.CONFIRM_DELETE: contacts.delete_contact,
        ids.CONFIRM_ERASURE: erasures.erase,
        ids.HAND_OVER_MODAL: missed_calls.reassign,
        ids.SAVE_FOLLOW_UP: follow_ups.save,
        ids.LINK_MODAL: people.save_link,
        ids.SAVE_USER: users.save,
        ids.SETTINGS_MODAL: people.save_settings,
        ids.MUTE_MODAL: mutes.set_mute,
        ids.SEND_REPLY: text_form.send_reply,
        ids.SAVE_TEMPLATE: templates.save,
        ids.SAVE_RULE: rules.save,
        ids.SAVE_CHANNEL: channels.save,
        ids.REPLACE_OUTCOME: outcomes.replace_outcome,
        ids.SAVE_OUTCOME: outcome_list.save,
        ids.SAVE_ENDPOINT: endpoints.save,
        ids.MARK_SPAM: screening.mark_spam,
        ids.POST_COMMENT: work_objects.save_comment,
        ids.EDIT_COMMENT: work_objects.save_comment,
    }
    options: Reactions = {
        ids.CHOOSE_NUMBER: shortcuts.offer_recipients,
        ids.CHOOSE_EXTENSION: people.offer_extensions,
        ids.CHOOSE_RULE_PEOPLE: rules.offer_rule_people,
        ids.FILL_IN_TEMPLATE: text_form.offer_templates,
        ids.CHOOSE_SEND_ZONE: text_form.offer_zones,
    }
    events: Reactions = {
        "app_home_opened": home.show_home,
        "channel_shared": channels.note_shared,
        "channel_unshared": channels.note_unshared,
        "entity_details_requested": work_objects.show_details,
        "entity_comments_requested": work_objects.show_comments,
        "team_join": people.note_change,
        "user_change": people.note_change,
    }
    return Listeners(
        commands=commands,
        shortcuts=shortcuts.by_callback_id(),
        actions=actions,
        submissions=submissions,
        options=options,
        events=events,
        step=WorkflowStepHandlers(s.workflow_steps).run_step,
        before_each=middleware.notice_user,
        rejections=(
            (middleware.is_external, middleware.reject_external),
            (middleware.is_guest_refused, middleware.reject_guest),
        ),
        on_error=ErrorHandler(s.slack, s.slack_host).explain_error,
    )
