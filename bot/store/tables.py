"""Owns the tables themselves, as each release added them; what was released is never changed."""

FIRST_TABLES = (
    # Everything that the provider told us, as it came, for thirty days: what is known by its id
    # is not taken in twice, and what we do not understand yet is not lost. The rowid tells the
    # age well enough, so that no index on the time has to be kept up with every webhook.
    """
    create table events (
        event_id text primary key,
        kind text not null,
        call_id text,
        body text not null,
        received_at real not null
    )
    """,
    # A call has a version; `routed` is the version for which its channels were last chosen.
    """
    create table calls (
        call_id text primary key,
        version integer not null,
        routed integer not null default 0,
        hold text check (hold in ('late', 'quiet')),
        facts text not null,
        direction text,
        outcome text not null,
        remote_number text,
        extension text,
        company_number text,
        started_at real,
        ended_at real
    )
    """,
    "create index calls_to_route on calls (call_id) where routed < version and hold is null",
    "create index calls_late on calls (started_at) where hold = 'late'",
    # One row for each thing shown in a channel. Where `announced` is behind `wanted` there is
    # work to do; `sending_since` without a `ts` is a doubt: it may or may not be posted.
    """
    create table posts (
        post_id integer primary key,
        subject_kind text not null,
        subject text not null,
        channel text not null,
        wanted integer not null,
        announced integer not null default 0,
        urgent integer not null default 0,
        ts text,
        shown text,
        sending_since real,
        parked text,
        created_at real not null,
        unique (subject_kind, subject, channel)
    )
    """,
    """
    create index posts_due on posts (channel, urgent desc, ts is not null, post_id)
    where announced < wanted and parked is null
    """,
    "create index posts_in_doubt on posts (channel) where sending_since is not null and ts is null",
    # A message about several calls, or a word to the admins: what to show, by its id.
    """
    create table notices (
        notice_id text primary key,
        kind text not null,
        detail text not null
    ) without rowid
    """,
    # Small facts that outlive the process, by name.
    "create table notes (name text primary key, value text not null) without rowid",
)

TABLES_OF_THE_WHOLE_API = (
    # Only webhooks are signed, so this also tells what came by webhook, and when the last one did.
    "alter table events add column signature text",
    "create index events_heard on events (received_at) where signature is not null",
    "create index calls_started on calls (started_at)",
    # The provider's contacts as they were at the last look; `seen` is when that look began.
    # `names`, `words` and `digits` are what is searched, cut already into words.
    """
    create table contacts (
        contact_id integer primary key,
        seen real not null,
        fields text not null,
        numbers text not null,
        names text not null,
        words text not null,
        digits text not null
    )
    """,
    # Several contacts may share a number.
    """
    create table contact_numbers (
        number text not null,
        contact_id integer not null references contacts on delete cascade,
        primary key (number, contact_id)
    ) without rowid
    """,
    "create index contact_numbers_of on contact_numbers (contact_id)",
    # The first letters of a word are enough to find it: that is what the prefixes are for. To
    # `ascii` everything beyond ASCII belongs to a word, so that only we say what a word is.
    # No trigger keeps it up: a statement with a trigger has FTS5 write to the disk after each row.
    """
    create virtual table contact_words using fts5 (
        names, words, content = 'contacts', content_rowid = 'contact_id',
        tokenize = 'ascii', prefix = '1 2 3', detail = column, columnsize = 0
    )
    """,
    # Any three digits of a number or more are enough.
    """
    create virtual table contact_digits using fts5 (
        digits, content = 'contacts', content_rowid = 'contact_id',
        tokenize = 'trigram', columnsize = 0
    )
    """,
    # Our own people as the provider lists them, or, where it does not, as calls name them.
    """
    create table people (
        user_id text primary key,
        name text,
        extension text,
        email text,
        from_calls integer not null default 0
    ) without rowid
    """,
    # Every request to the provider in the last minutes, so that a restart, or a command run
    # beside the bot, does not forget what was asked already.
    """
    create table requests (
        request_id integer primary key,
        quota text not null,
        at real not null
    )
    """,
    "create index requests_by_quota on requests (quota, at)",
    # The webhook subscriptions that the bot made, each with the secret that is shown only once;
    # several for an address while one replaces another.
    """
    create table subscriptions (
        subscription_id text primary key,
        url text not null,
        secret text not null,
        made_at real not null
    ) without rowid
    """,
)

TABLES_OF_PEOPLE_AND_SEARCH = (
    # What a list is narrowed by stands in the index, so that rows passed over are not read.
    "create index calls_by_number on calls (remote_number, started_at, outcome, direction)",
    "create index calls_by_extension on calls (extension, started_at, outcome, direction)",
    "drop index calls_started",
    "create index calls_started on calls (started_at, outcome, direction)",
    # What was said in a call, for the search; `indexed` is the version that it was taken from.
    # `text_id` follows the time at which the call began, and `marks` are words for how it went and
    # whose it was: so FTS5 alone finds the newest that match all that was asked.
    "alter table calls add column indexed integer not null default 0",
    "create index calls_to_index on calls (call_id) where indexed < version",
    """
    create table call_texts (
        text_id integer primary key,
        call_id text not null unique,
        who text not null,
        summary text not null,
        transcript text not null,
        marks text not null
    )
    """,
    """
    create virtual table call_words using fts5 (
        who, summary, transcript, marks, content = 'call_texts', content_rowid = 'text_id',
        tokenize = 'unicode61 remove_diacritics 2', columnsize = 0
    )
    """,
    # Who is in Slack, as of the last look: names, zones and ranks are asked for all day.
    """
    create table slack_people (
        slack_user text primary key,
        name text,
        email text,
        zone text,
        is_admin integer not null default 0
    ) without rowid
    """,
    # Who is who at Vocatech; `user_id` is null for somebody who does not want to be matched.
    """
    create table links (
        slack_user text primary key,
        user_id text,
        how text not null check (how in ('email', 'hand')),
        linked_at real not null
    ) without rowid
    """,
    # What people want to be told of; `direct` is the direct channel for calls that they missed.
    """
    create table preferences (
        slack_user text primary key,
        mentions text not null check (mentions in ('never', 'missed', 'all')),
        direct text
    ) without rowid
    """,
    # Where several contacts share a number: the one that somebody chose.
    """
    create table contact_choices (
        number text primary key,
        contact_id integer not null references contacts on delete cascade
    ) without rowid
    """,
    # Forms that somebody sent, by what each showing of one carries: sent twice, it is done once.
    """
    create table submissions (
        token text primary key,
        at real not null
    ) without rowid
    """,
    # Who did what, or tried to.
    """
    create table audit (
        entry_id integer primary key,
        at real not null,
        slack_user text not null,
        what text not null,
        detail text not null
    )
    """,
    # What somebody's App Home showed last, so that it is published only when it changed.
    "create table homes (slack_user text primary key, look text not null) without rowid",
    # Few posts are ever put aside, and admins are shown them.
    "create index posts_parked on posts (channel) where parked is not null",
)
