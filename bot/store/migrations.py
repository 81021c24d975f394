"""Owns the tables: every change to them, in order, each applied once."""

from sqlite_utils import Database, Migrations

from bot.errors import StoreTooNew

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

TABLES_OF_CHANNELS = (
    # `told` is JSON, so that a new setting needs no new column.
    "create table channel_settings (channel text primary key, told text not null) without rowid",
    """
    create table mutes (channel text primary key, until real not null, by text not null)
    without rowid
    """,
    # Slack's own word on whether somebody from outside is in a channel, as it was last heard.
    """
    create table shared_channels (
        channel text primary key, is_shared integer not null, looked_at real not null
    ) without rowid
    """,
    # One message about several calls: of quiet hours, once they are over, or of a burst.
    """
    create table bundles (
        bundle_id integer primary key,
        channel text not null,
        kind text not null check (kind in ('quiet', 'burst')),
        began_at real not null,
        closed_at real
    )
    """,
    "create index bundles_of_channels on bundles (channel, kind, closed_at)",
    "create unique index bundles_open on bundles (channel, kind) where closed_at is null",
    # A call in a bundle has no card of its own there; what else is held back comes by itself.
    "alter table posts add column bundle integer references bundles",
    "alter table posts add column held integer not null default 0",
    "create index posts_of_bundles on posts (bundle) where bundle is not null",
    "create index posts_held on posts (channel) where held = 1",
    "create index posts_of_calls on posts (channel, created_at) where subject_kind = 'call'",
    "drop index posts_due",
    """
    create index posts_due on posts (channel, urgent desc, ts is not null, post_id)
    where announced < wanted and parked is null and bundle is null and held = 0
    """,
)

# Where somebody's own quiet hours stand, also while no calls are sent there.
DIRECT_CHANNELS = (
    "alter table preferences add column channel text",
    "update preferences set channel = direct",
)

TABLES_OF_CALLBACKS = (
    # Missed calls of which somebody said that they called back. What a later call settles is seen
    # from the calls themselves, so that the order in which they are told does not matter.
    """
    create table closings (
        call_id text primary key,
        slack_user text not null,
        at real not null
    ) without rowid
    """,
    # Of what was reminded, so that it is done once, whatever dies in between.
    """
    create table reminders (
        call_id text not null,
        stage text not null,
        at real not null,
        primary key (call_id, stage)
    ) without rowid
    """,
    "create index claims_by_person on claims (slack_user, at)",
)

TABLES_OF_DIGESTS = (
    # Totals add these up over months, so they stand in the index that is read for it: to look
    # into the facts of a hundred thousand calls takes seconds.
    "alter table calls add column seconds integer",
    "alter table calls add column sentiment text",
    """
    update calls set seconds = json_extract(facts, '$.seconds[1]'),
                     sentiment = json_extract(facts, '$.sentiment[1]')
    """,
    "drop index calls_by_extension",
    """
    create index calls_by_extension on calls (extension, started_at, outcome, direction, seconds)
    """,
    "drop index calls_started",
    """
    create index calls_started on calls
    (started_at, outcome, direction, seconds, sentiment, extension, remote_number)
    """,
    # When digests come to a channel or a person; switched off, a plan stays as it was.
    """
    create table digest_plans (
        channel text primary key,
        zone text not null,
        cadence text not null check (cadence in ('daily', 'weekly', 'monthly')),
        weekdays text not null,
        minute integer not null,
        per_person integer not null,
        is_on integer not null,
        since real not null
    ) without rowid
    """,
    # Each digest that was decided on, by cadence, days and channel; `due_at` is when it should
    # have come, `told` all that it says, so that a crash between two tries changes no word.
    """
    create table digests (
        digest_id text primary key,
        channel text not null,
        due_at real not null,
        made_at real not null,
        skipped integer not null,
        told text not null
    )
    """,
    "create index digests_by_channel on digests (channel, due_at)",
    # Those are looked at whose posts do not stand yet.
    """
    create index posts_of_digests on posts (post_id)
    where subject_kind = 'digest' and ts is null
    """,
)

TABLES_OF_MEDIA = (
    # What somebody sent along with a text: wanted, then fetched, or refused for a `reason`. The
    # content is kept until it stands in all its threads. Something fetched has a reason as long as
    # Slack does not take it. `has_id`: it could be asked for by its id, and not by an address only.
    """
    create table media (
        media_id integer primary key,
        text_id text not null references texts on delete cascade,
        place integer not null,
        has_id integer not null,
        state text not null default 'wanted',
        filename text,
        content_type text,
        reason text,
        wanted_since real not null,
        tries integer not null default 0,
        try_at real not null,
        content blob,
        unique (text_id, place)
    )
    """,
    "create index media_wanted on media (try_at) where state = 'wanted'",
    "create index media_kept on media (text_id, place) where content is not null",
    "create index media_not_shown on media (text_id, place) where reason is not null",
)

TABLES_OF_RULES = (
    # All rules as one: each change writes the next version, so that of two at once one is first,
    # and nothing is ever half-changed. `told` is JSON.
    """
    create table rulebooks (
        version integer primary key,
        told text not null,
        made_at real not null,
        made_by text not null
    )
    """,
    # The rule's name at that time, and what held; JSON. Null where nobody wrote it down.
    "alter table posts add column why text",
)

# By itself FTS5 merges what it wrote within some write or other, and a big merge holds the
# database for long; `write_texts` is followed by small ones instead. The crisis is far off: they
# keep up.
MERGED_BY_US = (
    "insert into call_words (call_words, rank) values ('automerge', 0)",
    "insert into call_words (call_words, rank) values ('crisismerge', 64)",
)

TABLES_OF_TEMPLATES = (
    # Texts to be sent with names filled in; without an owner a template is the whole company's.
    """
    create table templates (
        template_id integer primary key,
        owner text,
        name text not null,
        body text not null,
        is_for_missed integer not null default 0 check (is_for_missed = 0 or owner is null)
    )
    """,
    "create index templates_of on templates (owner)",
    "create unique index template_for_missed on templates (is_for_missed) where is_for_missed",
    # Two to begin with, which are changed and deleted as any other.
    """
    insert into templates (name, body, is_for_missed) values
        (
            'Missed call',
            'Hello {first name}, sorry that we missed your call. How can we help? {company}',
            1
        ),
        (
            'We call you back',
            'Hello {first name}, thank you for getting in touch. We call you back soon. {company}',
            0
        )
    """,
)

TABLES_OF_TEXTS = (
    # What the provider tells of texts, and what was written here. `text_id` is ours for the
    # latter; `message_id` is the provider's, as soon as it is known. A row without a number is of
    # a text of which too little was heard so far to show it, such as its fate alone. Of two with
    # the same second, the rowid tells which was heard of first.
    """
    create table texts (
        text_id text primary key,
        message_id text unique,
        version integer not null default 1,
        routed integer not null default 0,
        is_quiet integer not null default 0,
        facts text not null,
        number text,
        is_incoming integer,
        at real
    )
    """,
    "create index texts_with on texts (number, at)",
    """
    create index texts_to_route on texts (at)
    where routed < version and number is not null and is_quiet = 0
    """,
    # Texts written here, on their way out; `slack_user` is null for what the program wrote by
    # itself. Where a step is `sending` and nobody sends, the process died in between.
    """
    create table replies (
        text_id text primary key references texts on delete cascade,
        number text not null,
        company_number text not null,
        platform text not null,
        body text not null,
        slack_user text,
        call_id text,
        channel text,
        step text not null,
        written_at real not null,
        sending_since real,
        leaves_at real,
        looks integer not null default 0,
        look_at real,
        reason text
    ) without rowid
    """,
    # What people wrote goes before what the program did.
    """
    create index replies_queued on replies (slack_user is null, written_at, text_id)
    where step = 'queued'
    """,
    "create index replies_in_doubt on replies (step) where step in ('sending', 'unsure')",
    "create index replies_to on replies (number, sending_since)",
    "create index replies_about on replies (call_id) where call_id is not null",
    # Who asked us not to write, or to write again: the latest word counts.
    """
    create table opt_outs (
        number text primary key,
        is_out integer not null,
        at real not null,
        text_id text not null
    ) without rowid
    """,
    # Who takes care of a missed call: the first to say so.
    """
    create table claims (
        call_id text primary key,
        slack_user text not null,
        at real not null
    ) without rowid
    """,
    # A post may stand in the thread of another, and be shown in the channel too (`aloud`).
    "alter table posts add column under integer",
    "alter table posts add column aloud integer not null default 0",
    "create index posts_under on posts (under) where under is not null",
)

migrations = Migrations("vocatech-slack")


def migrate(db: Database) -> None:
    """Bring the database up to date; raises StoreTooNew when it is ahead of this program."""
    known = {migration.name for migration in migrations.pending(db)}
    applied = {migration.name for migration in migrations.applied(db)}
    unknown = sorted(applied - known - _registered())
    if unknown:
        raise StoreTooNew(
            f"This database was written by a newer vocatech-slack (it knows {', '.join(unknown)})."
            " Nothing was changed. Start the newer version again, or restore the backup made"
            " before the upgrade."
        )
    migrations.apply(db)


def _registered() -> set[str]:
    return {migration.name for migration in migrations.pending(Database(memory=True))}


@migrations()
def m001_calls_and_posts(db: Database) -> None:
    """Make the tables of the first release."""
    for statement in FIRST_TABLES:
        db.execute(statement)


@migrations()
def m002_the_whole_api(db: Database) -> None:
    """Add contacts, people, the ledger of requests, and how webhooks were signed."""
    for statement in TABLES_OF_THE_WHOLE_API:
        db.execute(statement)


@migrations()
def m003_people_and_search(db: Database) -> None:
    """Add what commands need: words said in calls, who is who, preferences, and an audit."""
    for statement in TABLES_OF_PEOPLE_AND_SEARCH:
        db.execute(statement)


@migrations()
def m004_texts(db: Database) -> None:
    """Add texts, who does not want any, who takes care of a call, and posts in threads."""
    for statement in TABLES_OF_TEXTS:
        db.execute(statement)


@migrations()
def m005_digests(db: Database) -> None:
    """Add the plans of digests, the digests themselves, and what totals are read from."""
    for statement in TABLES_OF_DIGESTS:
        db.execute(statement)


@migrations()
def m006_small_merges(db: Database) -> None:
    """Have the search merge its index a little at a time."""
    for statement in MERGED_BY_US:
        db.execute(statement)


@migrations()
def m007_templates(db: Database) -> None:
    """Add templates for texts."""
    for statement in TABLES_OF_TEMPLATES:
        db.execute(statement)


@migrations()
def m008_media(db: Database) -> None:
    """Add what is sent along with texts."""
    for statement in TABLES_OF_MEDIA:
        db.execute(statement)


@migrations()
def m009_callbacks(db: Database) -> None:
    """Add who said that they called back, and of what was reminded."""
    for statement in TABLES_OF_CALLBACKS:
        db.execute(statement)


@migrations()
def m010_rules(db: Database) -> None:
    """Add rules for where calls go, and why a post was made."""
    for statement in TABLES_OF_RULES:
        db.execute(statement)


@migrations()
def m011_channels(db: Database) -> None:
    """Add what is set for channels, and what is held back or told together."""
    for statement in TABLES_OF_CHANNELS:
        db.execute(statement)


@migrations()
def m012_direct_channels(db: Database) -> None:
    """Add which direct channel is whose."""
    for statement in DIRECT_CHANNELS:
        db.execute(statement)
