-- Templates for texts.

-- Texts with placeholders for names; a template without an owner belongs to the whole company.
    create table templates (
        template_id integer primary key,
        owner text,
        name text not null,
        body text not null,
        is_for_missed integer not null default 0 check (is_for_missed = 0 or owner is null)
    )
    ;

    create index templates_of on templates (owner);
    create unique index template_for_missed on templates (is_for_missed) where is_for_missed;

-- Two templates to begin with, which can be changed and deleted like any other.
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
    ;
