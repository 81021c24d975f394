"""Owns the table of templates, as its release added it; what was released is never changed."""

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
