-- Webhooks that a burst left unread: they are stored and acknowledged, and merged into their calls
-- a moment later.

    alter table events add column is_unread integer not null default 0;
    create index events_unread on events (received_at) where is_unread = 1;
