"""The scheduled jobs: each runs at start, and then at its interval."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from bot.attachments import deletion
from bot.calls import indexing
from bot.channels import slack_connect
from bot.digests import service as digest_service
from bot.follow_ups.reminders import SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_REMINDERS
from bot.health import backups, housekeeping, refusals, restored, slack_monitor, webhook_monitor
from bot.health.retention import retention_of
from bot.health.service import report_user_sync
from bot.missed_calls import reminders, text_back
from bot.models.health import (
    BACK_UP,
    CATCH_UP,
    CHECK_DATABASE,
    CHECK_ENDPOINTS,
    DELETE_FILES,
    KEEP_SUBSCRIPTION,
    LOOK_AT_DISK,
    LOOK_WHO_SHARES,
    MATCH_PEOPLE,
    MIND_SLACK,
    NOTICE_NO_CALLS,
    NOTICE_REFUSALS,
    NOTICE_SILENCE,
    POST_DIGESTS,
    WATCH_SOCKET,
)
from bot.outgoing_webhooks import endpoint_monitor
from bot.people import slack_sync
from bot.server.scheduler import Job
from bot.services import Services
from bot.sync import directory, polling, subscription
from bot.texts import scheduled

DAY = 86_400.0


def make_jobs(s: Services, *, connect: Callable[[], str | None] | None) -> Iterator[Job]:
    """Yield the jobs that the settings turn on; `connect` opens Socket Mode, if it is used."""
    yield from _sync_jobs(s)
    yield from _call_jobs(s)
    for job in _jobs_that_need_all_calls(s):
        yield replace(job, work=partial(s.catch_up.run_once_read, job.work))
    yield from _slack_jobs(s, connect)
    yield from _health_jobs(s)


def _sync_jobs(s: Services) -> Iterator[Job]:
    """Yield the jobs that read from Vocatech and keep the webhook subscription."""
    yield Job(
        CATCH_UP,
        s.settings.seconds_between_polls,
        partial(
            polling.poll_calls,
            vocatech=s.vocatech,
            store=s.store,
            router=s.router,
            metrics=s.metrics,
            clock=s.clock,
            region=s.settings.default_region,
            late_after=s.late_after,
            catch_up=s.catch_up,
            wake=s.wake,
            text_poller=s.text_poller,
            ongoing=s.ongoing,
            tell_admins=s.tell_admins,
            slack=s.slack,
        ),
    )
    yield Job(
        "look through address book",
        directory.SECONDS_BETWEEN_RUNS,
        partial(
            directory.sync_directory,
            vocatech=s.vocatech,
            store=s.store,
            metrics=s.metrics,
            clock=s.clock,
            zone=None if s.settings.has_timezone else s.zone,
        ),
    )
    if s.settings.public_url:
        yield Job(
            KEEP_SUBSCRIPTION,
            subscription.SECONDS_BETWEEN_TRIES,
            partial(
                subscription.keep_subscription,
                keeper=s.subscription,
                store=s.store,
                metrics=s.metrics,
                clock=s.clock,
                tell_admins=s.tell_admins,
            ),
        )


def _call_jobs(s: Services) -> Iterator[Job]:
    """Yield the jobs about calls that are stored: search index and follow-ups."""
    index = partial(indexing.index_calls, store=s.store)
    yield Job("index calls", indexing.SECONDS_BETWEEN_RUNS, index)
    yield Job("check call index", DAY, partial(indexing.check_index, store=s.store))
    follow_ups = s.follow_up_reminders
    yield Job("close settled follow-ups", SECONDS_BETWEEN_LOOKS, follow_ups.close_settled)
    remind = partial(s.catch_up.run_soon, follow_ups.send_due)
    yield Job("send follow-ups", SECONDS_BETWEEN_REMINDERS, remind)


def _jobs_that_need_all_calls(s: Services) -> Iterator[Job]:
    """Yield digests, reminders, and texts: someone may have called back while the app was off."""
    yield Job(
        POST_DIGESTS,
        digest_service.SECONDS_BETWEEN_LOOKS,
        partial(
            digest_service.post_digests,
            generator=s.digest_generator,
            clock=s.clock,
            wake=s.wake,
            tell_admins=s.tell_admins,
        ),
    )
    yield Job("release scheduled texts", scheduled.SECONDS_BETWEEN_RUNS, s.scheduled.release_due)
    if s.settings.text_back:
        yield Job(
            "text back",
            text_back.SECONDS_BETWEEN_RUNS,
            partial(
                text_back.text_back_missed_calls,
                store=s.store,
                texts=s.texts,
                templates=s.template_presenter,
                clock=s.clock,
                zone=s.zone,
                business_hours=s.business_hours,
                text_back_lines=s.text_back_lines,
                send_texts=s.send_texts,
            ),
        )
    if s.settings.remind_after:
        yield Job(
            "remind of missed calls",
            reminders.SECONDS_BETWEEN_RUNS,
            partial(
                reminders.remind_of_missed_calls,
                store=s.store,
                clock=s.clock,
                zone=s.zone,
                business_hours=s.business_hours,
                remind_after=s.remind_after,
                escalate_to=s.settings.escalate_to,
                wake=s.wake,
            ),
        )


def _slack_jobs(s: Services, connect: Callable[[], str | None] | None) -> Iterator[Job]:
    """Yield the jobs that read from Slack; `connect` opens Socket Mode, if it is used."""
    yield Job(
        MATCH_PEOPLE,
        slack_sync.SECONDS_BETWEEN_PAGES,
        partial(
            slack_sync.sync_slack_users,
            slack=s.slack,
            store=s.store,
            clock=s.clock,
            progress=slack_sync.UserSyncProgress(),
            on_gone=s.departures.free_work_of_all,
            on_guests=s.departures.free_work_of_guests,
            report=partial(report_user_sync, store=s.store, tell_admins=s.tell_admins),
        ),
    )
    yield Job(
        "meet newcomers",
        slack_sync.SECONDS_BETWEEN_NEWCOMERS,
        partial(
            slack_sync.look_up_new_users,
            slack=s.slack,
            store=s.store,
            clock=s.clock,
            newcomers=s.newcomers,
        ),
    )
    yield Job(
        LOOK_WHO_SHARES,
        slack_connect.SECONDS_BETWEEN_REFRESHES,
        partial(slack_connect.refresh_shared_channels, sharing=s.shared_channels, wake=s.wake),
    )
    yield Job(
        MIND_SLACK,
        slack_monitor.SECONDS_BETWEEN_LOOKS,
        partial(
            slack_monitor.check_slack,
            slack=s.slack,
            store=s.store,
            clock=s.clock,
            ongoing=s.ongoing,
            tell_admins=s.tell_admins,
        ),
    )
    if connect is not None:
        yield Job(
            WATCH_SOCKET,
            slack_monitor.SECONDS_BETWEEN_LOOKS,
            partial(
                slack_monitor.check_socket_mode,
                connect=connect,
                slack=s.slack,
                store=s.store,
                ongoing=s.ongoing,
                tell_admins=s.tell_admins,
            ),
        )


def _health_jobs(s: Services) -> Iterator[Job]:
    """Yield the jobs that maintain the database and detect missing calls and webhooks."""
    if s.settings.backup_dir:
        yield Job(
            BACK_UP,
            backups.SECONDS_BETWEEN_CHECKS,
            partial(
                backups.back_up_nightly,
                store=s.store,
                database=s.settings.database_path,
                folder=s.settings.backup_dir,
                keep=s.settings.backup_keep,
                zone=s.zone,
                clock=s.clock,
                tell_admins=s.tell_admins,
            ),
        )
    yield Job(
        "report restore",
        restored.SECONDS_BETWEEN_CHECKS,
        partial(
            restored.report_restore,
            store=s.store,
            recovery=s.card_recovery,
            slack=s.slack,
            admins=s.settings.slack_admins,
            clock=s.clock,
            wake=s.wake,
        ),
    )
    delete_events = partial(housekeeping.delete_old_events, store=s.store, clock=s.clock)
    yield Job("keep house", DAY, delete_events)
    move_log = partial(housekeeping.move_log, store=s.store)
    yield Job("move log", housekeeping.SECONDS_BETWEEN_MOVES, move_log)
    finish = partial(housekeeping.finish_erasures, s.store, s.home.show)
    yield Job("finish erasures", housekeeping.SECONDS_BETWEEN_ERASURES, finish)
    yield Job(
        "delete expired data",
        DAY,
        partial(
            housekeeping.delete_expired,
            store=s.store,
            clock=s.clock,
            retention=retention_of(s.settings),
        ),
    )
    yield Job(
        DELETE_FILES,
        deletion.SECONDS_BETWEEN_TRIES,
        partial(
            deletion.retry_file_deletions, store=s.store, tell_admins=s.tell_admins, wake=s.wake
        ),
    )
    if s.settings.has_webhooks:
        yield Job(
            NOTICE_SILENCE,
            s.settings.seconds_between_polls,
            partial(
                webhook_monitor.check_webhooks,
                store=s.store,
                clock=s.clock,
                started=s.started,
                has_given_secrets=bool(s.settings.vocatech_webhook_secrets),
                tell_admins=s.tell_admins,
            ),
        )
    yield Job(
        NOTICE_REFUSALS,
        s.settings.seconds_between_polls,
        partial(
            refusals.check_refused_requests,
            refusals=s.webhook_refusals,
            slack_refusals=s.slack_refusals,
            store=s.store,
            clock=s.clock,
            tell_admins=s.tell_admins,
        ),
    )
    yield Job(
        NOTICE_NO_CALLS,
        s.settings.seconds_between_polls,
        partial(
            webhook_monitor.check_call_activity,
            store=s.store,
            clock=s.clock,
            business_hours=s.business_hours,
            zone=s.zone,
            tell_admins=s.tell_admins,
        ),
    )
    yield Job(
        CHECK_ENDPOINTS,
        endpoint_monitor.SECONDS_BETWEEN_CHECKS,
        partial(
            endpoint_monitor.check_endpoints,
            store=s.store,
            clock=s.clock,
            tell_admins=s.tell_admins,
        ),
    )
    yield Job(
        LOOK_AT_DISK,
        housekeeping.SECONDS_BETWEEN_DISK_CHECKS,
        partial(housekeeping.check_disk_space, store=s.store, tell_admins=s.tell_admins),
    )
    yield Job(
        CHECK_DATABASE,
        housekeeping.SECONDS_BETWEEN_DATABASE_CHECKS,
        partial(
            housekeeping.check_database, store=s.store, clock=s.clock, tell_admins=s.tell_admins
        ),
    )
