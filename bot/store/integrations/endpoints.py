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
# Each signs, in one header. A receiver that missed some of them may know only the first.
MOST_OLD_SECRETS = 50


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
            for table in ("webhook_deliveries", "old_webhook_secrets"):
                db.execute(f"delete from {table} where endpoint_id = ?", [endpoint_id])
            record_action(db, by, "webhook endpoint deleted", f"{row[1]}", now=now)
            return True

        return self._database.write(work)

    def rotate_secret(self, endpoint_id: int, secret: str, *, by: str, now: float) -> bool:
        """Store a new secret; each old one stays valid for a day. Return False without endpoint.

        After several rotations, it isn't known which of them the receiver has.
        """

        def work(db: SqliteDatabase) -> bool:
            row = db.execute(
                "select secret, name from webhook_endpoints where endpoint_id = ?", [endpoint_id]
            ).fetchone()
            if row is None:
                return False
            old, name = row
            db.execute(
                "insert into old_webhook_secrets (endpoint_id, secret, valid_until)"
                " values (?, ?, ?)",
                [endpoint_id, old, now + OLD_SECRET_HOURS * 3_600],
            )
            db.execute(
                "delete from old_webhook_secrets where endpoint_id = ? and rowid not in"
                " (select rowid from old_webhook_secrets where endpoint_id = ?"
                " order by rowid desc limit ?)",
                [endpoint_id, endpoint_id, MOST_OLD_SECRETS],
            )
            db.execute(
                "update webhook_endpoints set secret = ? where endpoint_id = ?",
                [self._box.seal(secret), endpoint_id],
            )
            record_action(db, by, "webhook secret rotated", name, now=now)
            return True

        return self._database.write(work)

    def secrets(self, endpoint_id: int, *, now: float) -> list[str]:
        """Return the valid secrets in clear text, newest first; use them only to sign.

        The list is empty if they were encrypted with another key.
        """
        current = self._database.row(
            "select secret from webhook_endpoints where endpoint_id = ?", [endpoint_id]
        )
        old = self._database.rows(
            "select secret from old_webhook_secrets where endpoint_id = ? and valid_until > ?"
            " order by rowid desc",
            [endpoint_id, now],
        )
        stored = [current, *old] if current else []
        opened = [self._box.unseal(row["secret"]) for row in stored]
        return [one for one in opened if one is not None] if opened and opened[0] else []

    def seal_all(self) -> None:
        """Encrypt the secrets that are stored in clear, if there is a key."""
        for table in ("webhook_endpoints", "old_webhook_secrets"):
            rows = self._database.rows(f"select rowid as place, secret from {table}")
            changed = [
                [sealed, row["place"]]
                for row in rows
                if (sealed := self._box.seal(row["secret"])) != row["secret"]
            ]
            if changed:
                self._update_secrets(table, changed)

    def _update_secrets(self, table: str, changed: Sequence[Sequence[object]]) -> None:
        sql = f"update {table} set secret = ? where rowid = ?"
        self._database.write(lambda db: db.conn.executemany(sql, changed))

    def drop_old_secrets(self, *, now: float) -> None:
        """Delete the secrets that are no longer valid."""
        self._database.write(
            lambda db: db.execute("delete from old_webhook_secrets where valid_until <= ?", [now])
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
