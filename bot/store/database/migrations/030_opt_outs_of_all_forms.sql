-- Argentine and Brazilian mobiles are written with a 9 and without it. An opt-out of one form now
-- holds for the other.
    create temp table other_forms as
    select number, '+549' || substr(number, 4) as form from opt_outs
    where number like '+54%' and length(number) = 13
    union all
    select number, '+54' || substr(number, 5) from opt_outs
    where number like '+549%' and length(number) = 14
    union all
    select number, substr(number, 1, 5) || '9' || substr(number, 6) from opt_outs
    where number like '+55%' and length(number) = 13 and substr(number, 6, 1) between '6' and '9'
    union all
    select number, substr(number, 1, 5) || substr(number, 7) from opt_outs
    where number like '+55%' and length(number) = 14 and substr(number, 6, 1) = '9'
    and substr(number, 7, 1) between '6' and '9'
    ;
    insert into opt_outs (number, is_out, at, text_id, recorded_by, recorded_at, recorded_out)
    select form, is_out, at, text_id, recorded_by, recorded_at, recorded_out
    from other_forms join opt_outs using (number) where is_out
    on conflict (number) do update set
        is_out = excluded.is_out, at = excluded.at, text_id = excluded.text_id,
        recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at,
        recorded_out = excluded.recorded_out
    where excluded.at > opt_outs.at
    ;
    drop table other_forms
    ;
