"""The workspace's budget of edits, spent on the newest cards first."""

from dataclasses import dataclass, field

from bot.models.outbox import Post
from bot.server.rate_limit import RateLimiter
from bot.store.outbox.posts import Posts

EDITS_A_MINUTE = 48  # Slack allows 50 over the whole workspace

# From here on, newer cards go first.
FEW_EDITS = EDITS_A_MINUTE // 2

# The newer cards may be in channels that are held: then the older ones continue.
SECONDS_TO_YIELD = 5.0


@dataclass
class EditBudget:
    """Edits of all channels, at most as many as Slack allows. Thread-safe."""

    posts: Posts
    limiter: RateLimiter = field(default_factory=lambda: RateLimiter(EDITS_A_MINUTE, 60.0))
    _last: float | None = None

    def wait(self, now: float) -> float:
        """Return the seconds until an edit is allowed; 0.0 means now."""
        return self.limiter.wait(now)

    def try_take(self, now: float) -> float:
        """Count an edit and return 0.0, or return the seconds to wait."""
        pause = self.limiter.try_take(now)
        if pause <= 0:
            self._last = now
        return pause

    def is_for_newer(self, post: Post, now: float) -> bool:
        """Return whether the edits that are left belong to newer cards."""
        left = self.limiter.left(now)
        if left > FEW_EDITS or self._last is None or now - self._last > SECONDS_TO_YIELD:
            return False
        return self.posts.has_newer_edits(post.post_id, count=max(1, left))
