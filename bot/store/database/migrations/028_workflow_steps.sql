-- Results of steps in Slack's workflows, until Slack has them.
    create table step_results (
        execution_id text primary key,
        step text not null,
        result text,
        made_at real not null,
        tries integer not null default 0,
        next_try real not null,
        reported_at real
    )
    ;
    create index step_results_to_report on step_results (next_try) where reported_at is null
    ;
