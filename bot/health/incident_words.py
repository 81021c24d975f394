"""Texts about incidents: what happened, its effect, and how to fix it."""

from dataclasses import dataclass

from bot.models.health import (
    BACKUP_FAILED,
    CHANNEL_HELD,
    CLOCK_WRONG,
    DATABASE_DAMAGED,
    DATABASE_REPLACED,
    DIGEST_FAILED,
    DISK_FULL,
    ENDPOINT_FAILING,
    FILES_KEPT,
    JOB_FAILING,
    KEY_REFUSED,
    NO_CALLS,
    PEOPLE_UNKNOWN,
    SCOPE_MISSING,
    SHARING_UNKNOWN,
    SLACK_AWAY,
    SLACK_UNSIGNED,
    SOCKET_LOST,
    TOKEN_REFUSED,
    VOCATECH_AWAY,
    WEBHOOKS_REFUSED,
    WEBHOOKS_SILENT,
    WEBHOOKS_UNWELL,
)


@dataclass(frozen=True)
class IncidentWords:
    """The text of an incident: a title, then sentences; `{…}` is filled from the detail.

    `effect` states whether anything was lost, `fix` what an admin does next.
    """

    title: str
    what: str
    effect: str
    fix: str

    def __str__(self) -> str:
        """Return all sentences, in the order in which people need them."""
        return f"{self.what} {self.effect} {self.fix}"


# How admins read a job's name, which stays as it is because it is stored with incidents.
JOB_NAMES = {
    "catch up": "polling Vocatech for calls and SMS",
    "look through address book": "syncing contacts",
    "keep subscription": "checking the webhook subscription",
    "index calls": "indexing calls for search",
    "check call index": "checking the search index",
    "post digests": "posting digests",
    "send follow-ups": "sending reminders of follow-ups",
    "close settled follow-ups": "closing follow-ups that are done",
    "release scheduled texts": "sending scheduled texts",
    "text back": "sending automatic texts",
    "remind of missed calls": "sending reminders of missed calls",
    "match people": "syncing people and extensions",
    "meet newcomers": "looking up new people in Slack",
    "look who shares": "checking which channels are shared",
    "mind Slack": "checking the Slack connection",
    "watch Socket Mode": "checking Socket Mode",
    "back up": "backing up the database",
    "report restore": "reporting a restored backup",
    "keep house": "cleaning up the database",
    "move log": "saving changes to the database file",
    "finish erasures": "erasing a number",
    "delete expired data": "deleting expired data",
    "delete files": "deleting files of erased numbers",
    "notice silence": "checking for missing webhooks",
    "notice refusals": "counting rejected requests",
    "notice no calls": "checking for missing calls",
    "look at disk": "checking the disk",
    "check database": "checking the database",
    "check endpoints": "checking outgoing webhooks",
}

_POLLING_CONTINUES = "Nothing is lost: polling finds the calls, so cards appear a little later."
_REINSTALL = "under OAuth & Permissions in the Slack app's settings, then reinstall the app."

INCIDENT_WORDS = {
    KEY_REFUSED: IncidentWords(
        "API key rejected",
        "Vocatech rejected the API key, so calls that trigger no webhook aren't found.",
        "Nothing is lost: they're synced as soon as a key works.",
        "Create a new key in the Vocatech admin portal under Integrations, set"
        " `VOCATECH_API_KEY`, and restart the app. If the old key is restored, the app recovers"
        " automatically.",
    ),
    VOCATECH_AWAY: IncidentWords(
        "Vocatech unreachable",
        "Polling Vocatech for calls and SMS has failed for 30 minutes or more: {reason}.",
        "Nothing is lost: the app keeps retrying and syncs what's missing once Vocatech responds.",
        "Check the server's network and whether Vocatech is up; `vocatech-slack doctor` tests"
        " both. The app recovers automatically.",
    ),
    NO_CALLS: IncidentWords(
        "No calls",
        "No calls for {hours} business hours, by webhook or polling. Usually there are about"
        " {usual} in that time.",
        "Nothing is lost: webhooks and polling stay on.",
        "On a holiday, ignore this. Otherwise, make a test call. If it doesn't appear within a few"
        " minutes, check the phones, and check that the key in `VOCATECH_API_KEY` belongs to this"
        " company. The next call resolves this.",
    ),
    WEBHOOKS_UNWELL: IncidentWords(
        "Webhook test failed",
        "Vocatech couldn't deliver a test webhook to {url}: {reason}.",
        _POLLING_CONTINUES,
        "Check that the address in `PUBLIC_URL` is reachable from the internet, has a certificate"
        " that browsers trust, and leads to the app. If the response is 401, check the signing"
        " secret and the server's clock. `vocatech-slack webhooks test` tests it now; the app"
        " tests it again within the hour.",
    ),
    WEBHOOKS_SILENT: IncidentWords(
        "Webhooks missing",
        "Several calls came in, but Vocatech sent no webhooks for them.",
        _POLLING_CONTINUES,
        "In the Vocatech portal, check that the webhook subscription exists, is active, and has"
        " the right address; `vocatech-slack webhooks test` tests it. The next webhook resolves"
        " this.",
    ),
    WEBHOOKS_REFUSED: IncidentWords(
        "Webhooks rejected",
        "The app rejected {count} webhooks in a row: {reason}.",
        _POLLING_CONTINUES,
        "If Vocatech sent them, set `VOCATECH_WEBHOOK_SECRETS` to the signing secret of the"
        " webhook subscription and restart the app, or correct the server's clock. If someone"
        " else sent them, do nothing. The next valid webhook resolves this.",
    ),
    SLACK_UNSIGNED: IncidentWords(
        "Slack requests rejected",
        "The app rejected {count} requests in a row because their Slack signatures don't match."
        " Buttons and commands don't work.",
        "Nothing is lost: calls are still posted.",
        "If Slack sent them, copy the signing secret from Basic Information in the Slack app's"
        " settings to `SLACK_SIGNING_SECRET` and restart the app. If someone else sent them, do"
        " nothing. The next valid request resolves this.",
    ),
    SLACK_AWAY: IncidentWords(
        "Slack unreachable",
        "Slack has not responded for a minute or more, so the app can't post or respond.",
        "Nothing is lost: calls and SMS are stored and posted once Slack responds.",
        "Check the server's network and Slack's status page; `vocatech-slack doctor` tests the"
        " connection. The app recovers automatically.",
    ),
    TOKEN_REFUSED: IncidentWords(
        "Slack token rejected",
        "Slack rejected the app's token, so the app can't post or respond.",
        "Nothing is lost: calls and SMS are stored and posted later.",
        "Reinstall the app to the workspace, set `SLACK_BOT_TOKEN` to its Bot User OAuth Token,"
        " and restart the app.",
    ),
    SCOPE_MISSING: IncidentWords(
        "Slack permission missing",
        "The app was installed without the scope `{scope}`, so it can't do this: {loss}.",
        "Nothing is lost: everything else works, and Vocatech keeps the data.",
        f"Add the scope {_REINSTALL} The app recovers automatically.",
    ),
    SHARING_UNKNOWN: IncidentWords(
        "Shared channels unknown",
        "The app can't see which channels are shared with other companies, so it treats new"
        " channels as shared: cards hide summaries, transcripts, and full numbers.",
        "Nothing is lost.",
        f"Add the scopes `channels:read` and `groups:read` {_REINSTALL} Cards update within ten"
        " minutes.",
    ),
    PEOPLE_UNKNOWN: IncidentWords(
        "People unknown",
        "Slack doesn't return the list of people ({reason}). People aren't linked to extensions,"
        " and only the people in `SLACK_ADMINS` are admins.",
        "Nothing is lost: calls are still posted.",
        "Check that the app has the scope `users:read`, and that the server reaches Slack. If the"
        " scope is missing, add it " + _REINSTALL + " The app tries again every five minutes.",
    ),
    SOCKET_LOST: IncidentWords(
        "Socket Mode disconnected",
        "Socket Mode has been disconnected for ten minutes or more ({reason}). Buttons and commands"
        " don't work.",
        "Nothing is lost: calls are still posted.",
        "Check that the token in `SLACK_APP_TOKEN` exists and has the scope `connections:write`,"
        " that Socket Mode is on, and that the server can open WebSockets to Slack. The app"
        " reconnects automatically.",
    ),
    CLOCK_WRONG: IncidentWords(
        "Clock wrong",
        "The server's clock is {minutes} minutes {side} Slack's, so signed requests are rejected.",
        _POLLING_CONTINUES,
        "Set the clock and keep it synchronized (on Linux: `timedatectl set-ntp true`).",
    ),
    CHANNEL_HELD: IncidentWords(
        "Channel unavailable",
        "The app can't post calls in {channel}: {why}.",
        "Nothing is lost: the posts are queued.",
        "{fix} The app retries every few minutes.",
    ),
    DIGEST_FAILED: IncidentWords(
        "Digest failed",
        "The digest for {channel} couldn't be posted: {reason}.",
        "No call is lost, other digests are posted as scheduled, and the app keeps retrying.",
        "Check the log. To see whether it works again, run `/vocatech digest preview` in the"
        " channel.",
    ),
    JOB_FAILING: IncidentWords(
        "Background job failing",
        "A background job has failed for 30 minutes or more: {job} ({error}).",
        "Nothing is lost: the app keeps retrying, and everything else works.",
        "Look for `job_failed` in the app's log.",
    ),
    DISK_FULL: IncidentWords(
        "Disk almost full",
        "The disk with the app's database has only {free} MB left.",
        "Nothing is lost so far. When the disk is full, the app can't store new calls and syncs"
        " them afterwards.",
        "Free up disk space. The app checks again every ten minutes.",
    ),
    BACKUP_FAILED: IncidentWords(
        "Backup failed",
        "The nightly backup failed: {reason}. Latest backup: {last}.",
        "Nothing is lost, and the app keeps running.",
        "Check that the folder in `BACKUP_DIR` exists, that the app may write to it, and that its"
        " disk has space. `vocatech-slack backup` makes a backup now. The app tries again every"
        " ten minutes.",
    ),
    FILES_KEPT: IncidentWords(
        "Files not deleted",
        "Slack refuses to delete files of an erased number ({reason}). Files left: {count}.",
        "Nothing is lost: everything else about the number was erased.",
        "Let the app delete files in the settings of your workspace, or delete the files in the"
        " threads that say “Erased on request”. The app tries again every hour.",
    ),
    ENDPOINT_FAILING: IncidentWords(
        "Outgoing webhook failing",
        "The endpoint “{endpoint}” doesn't accept events: {reason}.",
        "Nothing is lost: each event is retried for three days, and failed ones are kept for 30"
        " days. Other endpoints aren't affected.",
        "Check the receiver, then run `/vocatech webhooks` and choose *Try again*. An accepted"
        " event resolves this.",
    ),
    DATABASE_DAMAGED: IncidentWords(
        "Database damaged",
        "The file of the app's database is damaged: {problem}.",
        "No call is lost: calls and SMS can be read from Vocatech again. Claims, rules, and"
        " settings changed since the last backup may be lost.",
        "Stop the app, restore the latest backup with `vocatech-slack restore FILE`, and start the"
        " app again. Check the server's disk.",
    ),
    DATABASE_REPLACED: IncidentWords(
        "Database file replaced",
        "The file of the app's database was deleted or replaced while the app was using it.",
        "No call is lost: Vocatech sends refused webhooks again, and calls and SMS can be read from"
        " it. Until then, nothing is posted or sent. Claims, rules, and settings are only in the"
        " file.",
        "Put the file back and restart the app. If it's lost, stop the app, restore the latest"
        " backup with `vocatech-slack restore FILE`, and start the app again.",
    ),
}
