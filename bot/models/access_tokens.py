"""Access tokens of AI clients, each bound to a person in Slack."""

from dataclasses import dataclass

PREFIX = "vst_"


@dataclass(frozen=True)
class AccessToken:
    """A token without its secret; times in unix seconds, None if it hasn't happened.

    `slack_user` is the person as whom the client reads.
    """

    token_id: int
    name: str
    slack_user: str
    created_at: float
    used_at: float | None = None
    revoked_at: float | None = None
