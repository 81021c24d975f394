-- Texts that are sent at a chosen time: step `scheduled` until then. `zone` is the recipient's time
-- zone, as it was shown to the writer.

    alter table replies add column send_at real;
    alter table replies add column zone text;
    create index replies_scheduled on replies (send_at) where step = 'scheduled';
