-- Mexico dropped the 1 of its mobile numbers in 2019, and earlier versions kept it: one person had
-- two numbers, two threads, and an opt-out for one of them only.

    update calls set facts = json_set(
        facts, '$.remote_number[1]', '+52' || substr(remote_number, 5)),
        remote_number = '+52' || substr(remote_number, 5)
    where remote_number >= '+521' and remote_number < '+522' and length(remote_number) = 14
    ;
    update texts set facts = json_set(facts, '$.number[1]', '+52' || substr(number, 5)),
        number = '+52' || substr(number, 5)
    where number >= '+521' and number < '+522' and length(number) = 14
    ;
    update replies set number = '+52' || substr(number, 5)
    where number >= '+521' and number < '+522' and length(number) = 14
    ;
    insert into opt_outs (number, is_out, at, text_id, recorded_by, recorded_at, recorded_out)
    select '+52' || substr(number, 5), is_out, at, text_id, recorded_by, recorded_at, recorded_out
    from opt_outs where number >= '+521' and number < '+522' and length(number) = 14
    on conflict (number) do update set
        is_out = excluded.is_out, at = excluded.at, text_id = excluded.text_id,
        recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at,
        recorded_out = excluded.recorded_out
    where excluded.at > opt_outs.at
    ;
    delete from opt_outs where number >= '+521' and number < '+522' and length(number) = 14
    ;
    -- Where both numbers have a thread, both threads stay; the new one goes on.
    update or ignore posts set subject = '+52' || substr(subject, 5), wanted = wanted + 1
   
    where subject_kind = 'conversation' and subject >= '+521' and subject < '+522' and length(subject) = 14
    ;
    update or ignore contact_choices set number = '+52' || substr(number, 5)
    where number >= '+521' and number < '+522' and length(number) = 14
    ;
    update or ignore contact_numbers set number = '+52' || substr(number, 5)
    where number >= '+521' and number < '+522' and length(number) = 14
    ;
    update or ignore erasures set number = '+52' || substr(number, 5)
    where number >= '+521' and number < '+522' and length(number) = 14
    ;
    update or ignore screened_numbers set number = '+52' || substr(number, 5)
    where number >= '+521' and number < '+522' and length(number) = 14
    ;
    update follow_ups set number = '+52' || substr(number, 5)
    where number >= '+521' and number < '+522' and length(number) = 14
    ;
    update customer_notes set number = '+52' || substr(number, 5)
    where number >= '+521' and number < '+522' and length(number) = 14
    ;
