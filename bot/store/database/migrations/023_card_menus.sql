-- Slack keeps an option of a menu chosen, and choosing it again does nothing. After each use, the
-- card is edited with a new ID for the menu's block, which closes it again.

    alter table posts add column menu_uses integer not null default 0;
