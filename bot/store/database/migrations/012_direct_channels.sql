-- The direct channel of each person.
-- A person's own quiet hours belong to this channel, also while no calls are sent there.

    alter table preferences add column channel text;
    update preferences set channel = direct;
