-- Migration 029 moved what these columns held to a table of its own.
    alter table webhook_endpoints drop column old_secret
    ;
    alter table webhook_endpoints drop column old_secret_until
    ;
