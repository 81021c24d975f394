"""Log of recent requests to Vocatech, shared by all processes, for the rate limiter."""

from collections.abc import Sequence

from sqlite_utils import Database as SqliteDatabase

from bot.server.rate_limit import RateLimit
from bot.store.database.connection import Database


class RequestLog:
    """Requests made, by the rate limit that they count for; on disk, so it survives restarts.

    Times are unix seconds, since several processes share them. After the clock was set back,
    entries more than a whole period ahead are dropped.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, allowances: Sequence[RateLimit], *, now: float) -> float:
        """Count one request for all these limits and return 0.0, or return the wait in seconds."""

        def work(db: SqliteDatabase) -> float:
            for one in allowances:
                db.execute(
                    "delete from requests where quota = ? and not (at > ? and at <= ?)",
                    [one.name, now - one.period, now + one.period],
                )
            pause = max(_pause(db, one, now) for one in allowances)
            if pause <= 0:
                db.conn.executemany(
                    "insert into requests (quota, at) values (?, ?)",
                    [(one.name, now) for one in allowances],
                )
            return max(0.0, pause)

        return self._database.write(work)

    def wait(self, allowances: Sequence[RateLimit], *, now: float) -> float:
        """Return the seconds until one more request is allowed; 0.0 means now."""
        return max(0.0, *(self._pause(one, now) for one in allowances))

    def used(self, allowance: RateLimit, *, now: float) -> int:
        """Return how many requests were made in the period that ends now."""
        row = self._database.row(
            "select count(*) from requests where quota = ? and at > ? and at <= ?",
            [allowance.name, now - allowance.period, now + allowance.period],
        )
        return int(row[0]) if row else 0

    def taken(self, allowance: RateLimit, *, now: float) -> list[float]:
        """Return when requests were made in the period that ends now (unix seconds)."""
        rows = self._database.rows(
            "select at from requests where quota = ? and at > ? and at <= ?",
            [allowance.name, now - allowance.period, now + allowance.period],
        )
        return [row["at"] for row in rows]

    def _pause(self, allowance: RateLimit, now: float) -> float:
        row = self._database.row(_OLDEST_IN_THE_WAY, _arguments(allowance, now))
        return float(row[0]) + allowance.period - now if row else 0.0


_OLDEST_IN_THE_WAY = (
    "select at from requests where quota = ? and at > ? and at <= ?"
    " order by at desc limit 1 offset ?"
)


def _arguments(allowance: RateLimit, now: float) -> list[str | float]:
    window = [now - allowance.period, now + allowance.period]
    return [allowance.name, *window, allowance.most - 1]


def _pause(db: SqliteDatabase, allowance: RateLimit, now: float) -> float:
    row = db.execute(_OLDEST_IN_THE_WAY, _arguments(allowance, now)).fetchone()
    return float(row[0]) + allowance.period - now if row else 0.0
