"""Access tokens: only a hash of each secret is stored."""

import hashlib
import secrets
import sqlite3

from sqlite_utils import Database as SqliteDatabase

from bot.models.access_tokens import PREFIX, AccessToken
from bot.store.audit import record_action
from bot.store.database.connection import Database

BY_OPERATOR = "terminal"  # in the audit log, for commands that are run in a terminal
SECONDS_BETWEEN_NOTES = 60.0  # of when a token was last used
_COLUMNS = "token_id, name, slack_user, created_at, used_at, revoked_at"


class AccessTokens:
    """Access tokens, active and revoked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, slack_user: str, *, now: float) -> str:
        """Add a token and return its secret, which can't be read again."""
        secret = PREFIX + secrets.token_urlsafe(32)

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "insert into access_tokens (hash, name, slack_user, created_at)"
                " values (?, ?, ?, ?)",
                [_hash(secret), name, slack_user, now],
            )
            record_action(
                db, BY_OPERATOR, "created an access token", f"{name} {slack_user}", now=now
            )

        self._database.write(work)
        return secret

    def find(self, secret: str, *, now: float) -> AccessToken | None:
        """Return the active token with this secret, and note that it was used."""
        row = self._database.row(
            f"select {_COLUMNS} from access_tokens where hash = ? and revoked_at is null",
            [_hash(secret)],
        )
        token = _token(row) if row else None
        if token and (token.used_at is None or abs(now - token.used_at) > SECONDS_BETWEEN_NOTES):
            self._database.write(
                lambda db: db.execute(
                    "update access_tokens set used_at = ? where token_id = ?", [now, token.token_id]
                )
            )
        return token

    def all(self) -> list[AccessToken]:
        """Return all tokens, the oldest first."""
        rows = self._database.rows(f"select {_COLUMNS} from access_tokens order by token_id")
        return [_token(row) for row in rows]

    def revoke(self, token_id: int, *, now: float) -> bool:
        """Revoke a token; return whether there was an active one with this ID."""

        def work(db: SqliteDatabase) -> bool:
            changed = db.execute(
                "update access_tokens set revoked_at = ? where token_id = ? and revoked_at is null",
                [now, token_id],
            ).rowcount
            if changed:
                record_action(db, BY_OPERATOR, "revoked an access token", str(token_id), now=now)
            return bool(changed)

        return self._database.write(work)


def _hash(secret: str) -> str:
    """Return a hash; a plain one is enough for secrets of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: sqlite3.Row) -> AccessToken:
    return AccessToken(**dict(row))
