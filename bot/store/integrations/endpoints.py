"""Endpoints of outgoing webhooks, with their signing secrets."""

import json
import sqlite3
from collections.abc import Sequence

from sqlite_utils import Database as SqliteDatabase

from bot.models.integrations.outgoing_webhooks import (
    MAX_ENDPOINTS,
    OLD_SECRET_HOURS,
    DeliveryState,
    Endpoint,
)
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.database.secret_box import SecretBox

_COLUMNS = (
    "endpoint_id, name, url, events, has_content, is_on, version, created_at, failures,"
    " failing_since, delivered_at, problem"
)
SECONDS_OF_A_DOUBLE_CLICK = 60.0


class Endpoints:
    """Endpoints, by their ID; secrets are encrypted like those of webhook subscriptions."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    def all(self) -> list[Endpoint]:
        """Return all endpoints, in the order of creation."""
        rows = self._database.rows(f"select {_COLUMNS} from webhook_endpoints order by endpoint_id")
        return [_endpoint(row) for row in rows]

    def names(self) -> list[str]:
        """Return the names of all endpoints, by which rules call them."""
        return [one.name for one in self.all()]

    def find(self, endpoint_id: int) -> Endpoint | None:
        """Return an endpoint, or None."""
        row = self._database.row(
            f"select {_COLUMNS} from webhook_endpoints where endpoint_id = ?", [endpoint_id]
        )
        return _endpoint(row) if row else None

    def create(self, endpoint: Endpoint, secret: str, *, by: str, now: float) -> int | None:
        """Store a new endpoint and its secret; return its ID, or None at the limit."""

        def work(db: SqliteDatabase) -> int | None:
            count = db.execute("select count(*) from webhook_endpoints").fetchone()[0]
            if count >= MAX_ENDPOINTS:
                return None
            row = db.execute(
                "insert into webhook_endpoints (name, url, events, has_content, is_on, secret,"
                " created_at) values (?, ?, ?, ?, 1, ?, ?) returning endpoint_id",
                [
                    *(endpoint.name, endpoint.url, json.dumps(endpoint.events)),
                    *(endpoint.has_content, self._box.seal(secret), now),
                ],
            ).fetchone()
            record_action(db, by, "webhook endpoint added", _named(endpoint), now=now)
            return int(row[0])

        return self._database.write(work)

    def change(self, endpoint: Endpoint, *, by: str, now: float) -> bool:
        """Store the changed fields of an endpoint; return False if someone else changed it.

        An endpoint that is turned on again starts without failures. If it no longer gets what was
        said, the bodies that wait for another attempt are made again without it.
        """

        def work(db: SqliteDatabase) -> bool:
            had_content = db.execute(
                "select 1 from webhook_endpoints where endpoint_id = ? and has_content",
                [endpoint.endpoint_id],
            ).fetchone()
            changed = db.execute(
                "update webhook_endpoints set name = ?, url = ?, events = ?, has_content = ?,"
                " is_on = ?, version = version + 1, failures = 0, failing_since = null,"
                " not_before = 0, problem = null where endpoint_id = ? and version = ?",
                [
                    *(endpoint.name, endpoint.url, json.dumps(endpoint.events)),
                    *(endpoint.has_content, endpoint.is_on),
                    *(endpoint.endpoint_id, endpoint.version),
                ],
            )
            if changed.rowcount < 1:
                return False
            if had_content and not endpoint.has_content:
                db.execute(
                    "update webhook_deliveries set body = null where endpoint_id = ?",
                    [endpoint.endpoint_id],
                )
            what = "webhook endpoint changed" if endpoint.is_on else "webhook endpoint turned off"
            record_action(db, by, what, _named(endpoint), now=now)
            return True

        return self._database.write(work)

    def delete(self, endpoint_id: int, *, by: str, now: float) -> bool:
        """Delete an endpoint with its deliveries; return False if it was deleted before."""

        def work(db: SqliteDatabase) -> bool:
            row = db.execute(
                f"delete from webhook_endpoints where endpoint_id = ? returning {_COLUMNS}",
                [endpoint_id],
            ).fetchone()
            if row is None:
                return False
            db.execute("delete from webhook_deliveries where endpoint_id = ?", [endpoint_id])
            record_action(db, by, "webhook endpoint deleted", f"{row[1]}", now=now)
            return True

        return self._database.write(work)

    def rotate_secret(self, endpoint_id: int, secret: str, *, by: str, now: float) -> bool:
        """Store a new secret; the old one stays valid for a day. Return False without endpoint.

        After a double click, that is the one that receivers have, not the one replaced just now.
        """

        def work(db: SqliteDatabase) -> bool:
            row = db.execute(
                "update webhook_endpoints set secret = :secret, old_secret_until = :until,"
                " old_secret = iif(old_secret_until > :until - :moment, old_secret, secret)"
                " where endpoint_id = :endpoint_id returning name",
                {
                    "secret": self._box.seal(secret),
                    "until": now + OLD_SECRET_HOURS * 3_600,
                    "moment": SECONDS_OF_A_DOUBLE_CLICK,
                    "endpoint_id": endpoint_id,
                },
            ).fetchone()
            if row:
                record_action(db, by, "webhook secret rotated", row[0], now=now)
            return row is not None

        return self._database.write(work)

    def secrets(self, endpoint_id: int, *, now: float) -> list[str]:
        """Return the valid secrets in clear text, newest first; use them only to sign.

        The list is empty if they were encrypted with another key.
        """
        row = self._database.row(
            "select secret, iif(old_secret_until > ?, old_secret, null) as old"
            " from webhook_endpoints where endpoint_id = ?",
            [now, endpoint_id],
        )
        stored = [row["secret"], row["old"]] if row else []
        opened = [self._box.unseal(one) for one in stored if one]
        return [one for one in opened if one is not None] if opened and opened[0] else []

    def seal_all(self) -> None:
        """Encrypt the secrets that are stored in clear, if there is a key."""
        rows = self._database.rows("select endpoint_id, secret, old_secret from webhook_endpoints")
        changed = [
            [self._box.seal(row["secret"]), self._seal(row["old_secret"]), row["endpoint_id"]]
            for row in rows
            if self._box.seal(row["secret"]) != row["secret"]
            or self._seal(row["old_secret"]) != row["old_secret"]
        ]
        if changed:
            sql = "update webhook_endpoints set secret = ?, old_secret = ? where endpoint_id = ?"
            self._database.write(lambda db: db.conn.executemany(sql, changed))

    def drop_old_secrets(self, *, now: float) -> None:
        """Delete the secrets that are no longer valid."""
        self._database.write(
            lambda db: db.execute(
                "update webhook_endpoints set old_secret = null, old_secret_until = null"
                " where old_secret_until <= ?",
                [now],
            )
        )

    def with_work(self, *, now: float) -> list[int]:
        """Return the endpoints with a delivery that is due."""
        rows = self._database.rows(
            "select endpoint_id from webhook_endpoints as one where is_on and not_before <= ?"
            " and exists (select 1 from webhook_deliveries as due where due.state = ?"
            " and due.endpoint_id = one.endpoint_id and due.next_at <= ?)",
            [now, DeliveryState.QUEUED, now],
        )
        return [row["endpoint_id"] for row in rows]

    def _seal(self, secret: str | None) -> str | None:
        return self._box.seal(secret) if secret else secret


def _endpoint(row: sqlite3.Row) -> Endpoint:
    known = dict(row)
    events: Sequence[str] = json.loads(known.pop("events"))
    return Endpoint(
        **{
            **known,
            "events": tuple(events),
            "has_content": bool(known["has_content"]),
            "is_on": bool(known["is_on"]),
        }
    )


def _named(endpoint: Endpoint) -> str:
    # Without the path, which often is a secret.
    return f"{endpoint.name} ({endpoint.host})"
