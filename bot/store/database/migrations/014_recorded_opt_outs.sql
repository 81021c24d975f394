-- Opt-outs that a colleague recorded or lifted by hand. They have their own columns, so that a new
-- computation from the keywords in texts doesn't lose them.

    alter table opt_outs add column recorded_by text;
    alter table opt_outs add column recorded_at real;
    alter table opt_outs add column recorded_out integer;
