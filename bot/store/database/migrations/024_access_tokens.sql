-- Access tokens of AI clients that read calls over the Model Context Protocol.
    create table access_tokens (
        token_id integer primary key,
        hash text not null unique,
        name text not null,
        slack_user text not null,
        created_at real not null,
        used_at real,
        revoked_at real
    )
    ;
