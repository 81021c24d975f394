-- Outgoing webhooks: the endpoints, and what each is to get or got.
    create table webhook_endpoints (
        endpoint_id integer primary key autoincrement,
        name text not null,
        url text not null,
        events text not null,
        has_content integer not null,
        is_on integer not null default 1,
        version integer not null default 1,
        secret text not null,
        old_secret text,
        old_secret_until real,
        created_at real not null,
        failures integer not null default 0,
        failing_since real,
        not_before real not null default 0,
        delivered_at real,
        problem text
    )
    ;
    create table webhook_deliveries (
        delivery_id text primary key,
        endpoint_id integer not null,
        kind text not null,
        subject text not null,
        call_id text,
        number text,
        detail text not null,
        occurred_at real not null,
        created_at real not null,
        next_at real not null,
        give_up_at real not null,
        attempts integer not null default 0,
        state text not null default 'queued',
        body text,
        problem text,
        unique (endpoint_id, kind, subject)
    )
    ;
    create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_at)
    where state = 'queued'
    ;
    create index webhook_deliveries_failed on webhook_deliveries (endpoint_id)
    where state = 'failed'
    ;
    create index webhook_deliveries_of_call on webhook_deliveries (call_id)
    ;
    create index webhook_deliveries_of_number on webhook_deliveries (number)
    ;
