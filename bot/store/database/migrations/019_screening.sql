-- Numbers that people marked: spam, or no customer.

    create table screened_numbers (
        number text primary key,
        kind text not null check (kind in ('spam', 'not_customer')),
        by text not null,
        at real not null
    ) without rowid
    ;
    create index screened_numbers_listed on screened_numbers (kind, at);
