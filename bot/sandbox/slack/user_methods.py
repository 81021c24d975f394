"""The `users.`, `auth.`, and similar methods."""

from collections.abc import Mapping

from bot.sandbox.slack.method import TIER_2, TIER_3, TIER_4, ApiMethod, needed, page_of
from bot.sandbox.slack.state import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    DOMAIN,
    TEAM_ID,
    WORKSPACE,
    Json,
    MethodError,
    SlackState,
)


class UserMethods:
    """The `users.` and `auth.` methods over one workspace."""

    def __init__(self, state: SlackState) -> None:
        self._state = state

    def methods(self) -> Mapping[str, ApiMethod]:
        """Return the methods by name."""
        read = ("users:read",)
        return {
            "api.test": ApiMethod(lambda params: {"ok": True, "args": params}, (), None, "none"),
            "auth.test": ApiMethod(self.who_am_i, (), None),
            "bots.info": ApiMethod(self.bot_info, read, TIER_3),
            "team.billing.info": ApiMethod(self.plan, ("team.billing:read",), TIER_3),
            "team.info": ApiMethod(self.team_info, ("team:read",), TIER_3),
            "users.list": ApiMethod(self.list_users, read, TIER_2),
            "users.info": ApiMethod(self.info, read, TIER_4),
            "users.lookupByEmail": ApiMethod(self.find, ("users:read.email",), TIER_3),
        }

    def who_am_i(self, _params: Json) -> Json:
        """Describe the app's own user."""
        return {
            "ok": True,
            "url": f"https://{DOMAIN}.slack.com/",
            "team": WORKSPACE,
            "user": "vocatech",
            "team_id": TEAM_ID,
            "user_id": BOT_USER_ID,
            "bot_id": BOT_ID,
            "is_enterprise_install": False,
        }

    def bot_info(self, params: Json) -> Json:
        """Describe the app's bot."""
        if params.get("bot") not in (None, BOT_ID):
            raise MethodError("bot_not_found")
        bot = {"id": BOT_ID, "app_id": APP_ID, "name": "Vocatech", "user_id": BOT_USER_ID}
        return {"ok": True, "bot": {**bot, "deleted": False}}

    def team_info(self, _params: Json) -> Json:
        """Describe the workspace."""
        return {"ok": True, "team": {"id": TEAM_ID, "name": WORKSPACE, "domain": DOMAIN}}

    def plan(self, _params: Json) -> Json:
        """Describe the plan that the workspace pays for."""
        return {"ok": True, "plan": self._state.plan}

    def list_users(self, params: Json) -> Json:
        """Describe all users."""
        users = [self._shown(user) for user in self._state.users.values()]
        page, cursor = page_of(params, users, default=1000)
        return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}

    def info(self, params: Json) -> Json:
        """Describe a user."""
        user = self._state.users.get(needed(params, "user"))
        if user is None:
            raise MethodError("user_not_found")
        return {"ok": True, "user": self._shown(user)}

    def find(self, params: Json) -> Json:
        """Describe the user with an email address."""
        email = needed(params, "email").lower()
        for user in self._state.users.values():
            if user["profile"].get("email", "").lower() == email and not user["deleted"]:
                return {"ok": True, "user": self._shown(user)}
        raise MethodError("users_not_found")

    def _shown(self, user: Json) -> Json:
        if "users:read.email" in self._state.scopes:
            return user
        profile = {name: value for name, value in user["profile"].items() if name != "email"}
        return {**user, "profile": profile}


def make_user(
    user_id: str, name: str, email: str, *, rank: str = "", tz: str = "", team: str = TEAM_ID
) -> Json:
    """Return a user; `rank` is "owner", "admin", "", or "guest" or "single-channel guest".

    `team` is their workspace.
    """
    first = name.partition(" ")[0].lower()
    return {
        "id": user_id,
        "team_id": team,
        "name": first,
        "real_name": name,
        "deleted": False,
        "tz": tz or "America/New_York",
        "is_admin": rank in {"admin", "owner"},
        "is_owner": rank == "owner",
        "is_primary_owner": rank == "owner",
        "is_bot": False,
        "is_restricted": rank.endswith("guest"),
        "is_ultra_restricted": rank == "single-channel guest",
        "profile": {"real_name": name, "display_name": first, "email": email},
    }
