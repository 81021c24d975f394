"""The token and scope checks of the fake Slack."""

from bot.sandbox.slack.conversation_methods import kinds_asked_for
from bot.sandbox.slack.method import ApiMethod
from bot.sandbox.slack.state import Json, MethodError, SlackState


def check_token(
    method: ApiMethod, sent: str | None, *, bot: str, app: str, error: str | None
) -> None:
    """Raise MethodError for a missing, unknown, revoked, or wrong kind of token."""
    if method.token == "none":
        return
    if not sent:
        raise MethodError("not_authed")
    if sent not in (bot, app):
        raise MethodError("invalid_auth")
    if (sent == app) != (method.token == "app"):
        raise MethodError("not_allowed_token_type")
    if error is not None:
        raise MethodError(error)


def check_scopes(method: ApiMethod, params: Json, state: SlackState) -> None:
    """Raise MethodError if the bot token lacks a scope."""
    for scope in method.scopes:
        for name in _filled(scope, params, state):
            if name not in state.scopes:
                provided = ",".join(sorted(state.scopes))
                raise MethodError("missing_scope", needed=name, provided=provided)


def _filled(scope: str, params: Json, state: SlackState) -> list[str]:
    if "{types}" in scope:
        return [scope.format(types=kind) for kind in kinds_asked_for(params)]
    channel = state.channels.get(str(params.get("channel")))
    return [scope.format(kind=channel.kind if channel is not None else "channels")]
