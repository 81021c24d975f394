-- Numbers that were erased on request, so that neither a late report nor a restored backup brings
-- back what happened until then.

    create table erasures (
        number text primary key,
        at real not null,
        by text not null
    ) without rowid
    ;
