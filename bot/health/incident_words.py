"""Owns the words for each trouble: what happened, that nothing is lost, and what to do."""

from dataclasses import dataclass

from bot.models.health import (
    CHANNEL_HELD,
    CLOCK_WRONG,
    DIGEST_FAILED,
    DISK_FULL,
    JOB_FAILING,
    KEY_REFUSED,
    NO_CALLS,
    SCOPE_MISSING,
    SHARING_UNKNOWN,
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
    """What is said of a trouble, sentences each; `{…}` is what its detail tells."""

    what: str
    lost: str
    remedy: str

    def __str__(self) -> str:
        """Give all of it, in the order in which people need it."""
        return f"{self.what} {self.lost} {self.remedy}"


_BY_ASKING = (
    "Nothing is lost: I find calls by asking Vocatech, so their cards only come a little later."
)
INCIDENT_WORDS = {
    KEY_REFUSED: IncidentWords(
        "Vocatech refuses the API key, so I cannot look for calls that no webhook told me of.",
        "Nothing is lost.",
        "Make a new key in Vocatech's admin portal, under integrations, put it into"
        " `VOCATECH_API_KEY` and restart me. If the old key is restored, I go on by myself.",
    ),
    VOCATECH_AWAY: IncidentWords(
        "I have not been able to ask Vocatech for calls and texts for half an hour or more:"
        " {reason}.",
        "Nothing is lost: I go on asking, and show what came meanwhile as soon as I am answered.",
        "Please check the network of the machine that I run on, and whether Vocatech itself works;"
        " `vocatech-slack doctor` tells what does. Then I go on by myself.",
    ),
    NO_CALLS: IncidentWords(
        "I have heard of no call for {hours} business hours, neither by webhook nor by asking"
        " Vocatech, though about {usual} usually come in such a time.",
        "Nothing is lost: I go on listening and asking.",
        "On a holiday all may be well. Otherwise please make a test call; if it does not show here"
        " within minutes, check the phones, and in Vocatech's portal that the key in"
        " `VOCATECH_API_KEY` is one of this company's. With the next call I go on by myself.",
    ),
    WEBHOOKS_UNWELL: IncidentWords(
        "Vocatech tried to send me a test webhook at {url} and did not succeed: {reason}.",
        "Nothing is lost: I ask Vocatech for calls all the time, so their cards only come a little"
        " later.",
        "Please check that the address in `PUBLIC_URL` can be reached from the internet, with a"
        " certificate that browsers trust, and leads to me; with an answer of 401 it does, but the"
        " signing secret or the clock of this machine is wrong. I look again by myself, within the"
        " hour; `vocatech-slack webhooks test` looks at once.",
    ),
    WEBHOOKS_SILENT: IncidentWords(
        "Vocatech has stopped telling me of calls: several came in, and no webhook with them.",
        _BY_ASKING,
        "Please check in Vocatech's portal that the webhook subscription to me is still there and"
        " active, and that its address still leads to me; `vocatech-slack webhooks test` shows"
        " whether it does. When webhooks come again, I go on by myself.",
    ),
    WEBHOOKS_REFUSED: IncidentWords(
        "I had to refuse {count} webhooks in a row, since {reason}.",
        _BY_ASKING,
        "If they are Vocatech's, please put the signing secret of its webhook subscription into"
        " `VOCATECH_WEBHOOK_SECRETS` and restart me, or check the clock of the machine that I run"
        " on. If others sent them, nothing needs to be done. With the next one that I can"
        " believe, I go on by myself.",
    ),
    SLACK_UNSIGNED: IncidentWords(
        "I had to refuse {count} requests in a row that seemed to be Slack's, since my signing"
        " secret does not fit their signatures, so buttons and commands do not work.",
        "Nothing is lost: calls are still posted.",
        "If they are Slack's, please copy the Signing Secret from Basic Information of the app into"
        " `SLACK_SIGNING_SECRET` and restart me. If others sent them, nothing needs to be done."
        " With the next one that I can believe, I go on by myself.",
    ),
    TOKEN_REFUSED: IncidentWords(
        "Slack refuses my token, so I can neither post nor answer.",
        "Nothing is lost: calls and texts are taken in, and wait.",
        "Please install the app into the workspace again, put its Bot User OAuth Token into"
        " `SLACK_BOT_TOKEN` and restart me.",
    ),
    SCOPE_MISSING: IncidentWords(
        "This app was installed without the permission `{scope}`, so I cannot do this: {loss}.",
        "Nothing is lost: everything else goes on, and Vocatech keeps what came.",
        "Please add that scope under OAuth & Permissions of the app, and install it to the"
        " workspace again; then I go on by myself.",
    ),
    SHARING_UNKNOWN: IncidentWords(
        "I may not see which channels are shared with other companies, so I take new ones as"
        " shared: their cards come without summary and transcript, and with masked numbers.",
        "Nothing is lost.",
        "Please add the scopes `channels:read` and `groups:read` under OAuth & Permissions of the"
        " app, and install it to the workspace again; then the cards are made anew by themselves,"
        " within ten minutes.",
    ),
    SOCKET_LOST: IncidentWords(
        "Slack has not been able to tell me what people do for ten minutes or more, so buttons and"
        " commands do not work ({reason}).",
        "Nothing is lost: calls are still posted.",
        "Please check under Basic Information of the app that the token in `SLACK_APP_TOKEN` is"
        " still there, with the scope `connections:write`, that Socket Mode is on, and that the"
        " machine that I run on may open WebSockets to Slack. I go on trying, and then go on by"
        " myself.",
    ),
    CLOCK_WRONG: IncidentWords(
        "The clock of the machine that I run on is {minutes} minutes {side} Slack's, so signatures"
        " seem too old or too new to be believed.",
        _BY_ASKING,
        "Please set the clock, and have it kept right (on Linux: `timedatectl set-ntp true`).",
    ),
    CHANNEL_HELD: IncidentWords(
        "I cannot post calls in {channel}: {why}.",
        "They wait here and nothing is lost.",
        "{mend} I try again every few minutes and go on by myself.",
    ),
    DIGEST_FAILED: IncidentWords(
        "The digest for {channel} does not come through: {reason}.",
        "No call is lost, other digests come as planned, and I go on trying.",
        "The log says more; `/vocatech digest preview` there shows whether it works again.",
    ),
    JOB_FAILING: IncidentWords(
        "Something that I do regularly has failed for half an hour or more: {job} ({error}).",
        "Nothing is lost: I try it again and again, and the rest goes on.",
        "Please have whoever runs me look into the log, where `job_failed` tells why.",
    ),
    DISK_FULL: IncidentWords(
        "The disk that my database is on has only {free} MB left.",
        "Nothing is lost so far; once it is full, I can take nothing in, and ask Vocatech for it"
        " afterwards.",
        "Please make room there; I look again every ten minutes.",
    ),
}
