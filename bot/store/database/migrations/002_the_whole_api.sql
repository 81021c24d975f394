-- Contacts, people, the log of requests, and how webhooks were signed.

-- Only webhooks are signed, so this also says which events came by webhook, and when the last one
-- came.
    alter table events add column signature text;
    create index events_heard on events (received_at) where signature is not null;
    create index calls_started on calls (started_at);

-- The provider's contacts as of the last sync; `seen` is when that sync began. `names`, `words`
-- and `digits` are what is searched, already split into words.
    create table contacts (
        contact_id integer primary key,
        seen real not null,
        fields text not null,
        numbers text not null,
        names text not null,
        words text not null,
        digits text not null
    )
    ;

-- Several contacts may share a number.
    create table contact_numbers (
        number text not null,
        contact_id integer not null references contacts on delete cascade,
        primary key (number, contact_id)
    ) without rowid
    ;

    create index contact_numbers_of on contact_numbers (contact_id);

-- The first letters of a word are enough to find it: that is what the prefixes are for. The
-- `ascii` tokenizer counts everything beyond ASCII as part of a word, so that only our code
-- decides what a word is. No trigger keeps this up to date: in a statement with a trigger, FTS5
-- writes to the disk after each row.
    create virtual table contact_words using fts5 (
        names, words, content = 'contacts', content_rowid = 'contact_id',
        tokenize = 'ascii', prefix = '1 2 3', detail = column, columnsize = 0
    )
    ;

-- Any three or more digits of a number are enough.
    create virtual table contact_digits using fts5 (
        digits, content = 'contacts', content_rowid = 'contact_id',
        tokenize = 'trigram', columnsize = 0
    )
    ;

-- Our own people as the provider lists them, or as calls name them where it does not.
    create table people (
        user_id text primary key,
        name text,
        extension text,
        email text,
        from_calls integer not null default 0
    ) without rowid
    ;

-- Every request to the provider in the last minutes, so that neither a restart nor a command run
-- beside the bot forgets which requests were made.
    create table requests (
        request_id integer primary key,
        quota text not null,
        at real not null
    )
    ;

    create index requests_by_quota on requests (quota, at);

-- The webhook subscriptions that the bot made, each with the secret that is shown only once. An
-- address has several while one replaces another.
    create table subscriptions (
        subscription_id text primary key,
        url text not null,
        secret text not null,
        made_at real not null
    ) without rowid
    ;
