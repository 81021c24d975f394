-- Replaced signing secrets of endpoints. Several can be replaced within a day, and each stays valid.
    create table old_webhook_secrets (
        endpoint_id integer not null,
        secret text not null,
        valid_until real not null
    )
    ;
    create index old_webhook_secrets_of_endpoint on old_webhook_secrets (endpoint_id)
    ;
    insert into old_webhook_secrets (endpoint_id, secret, valid_until)
    select endpoint_id, old_secret, old_secret_until from webhook_endpoints
    where old_secret is not null and old_secret_until is not null
    ;
    update webhook_endpoints set old_secret = null, old_secret_until = null
    where old_secret is not null or old_secret_until is not null
    ;
