with

touched_records as (

    select record_number

    from {{ ref('touched_records') }}

),

groups_so_far as (

    {{ linked_so_far('', [('record_number', 'bigint'), ('linked_group', 'bigint')]) }}

),

-- The same rows once more: an engine that reads what it joins twice keeps a copy of it.
components_so_far as (

    {{ linked_so_far('', [('record_number', 'bigint'), ('linked_group', 'bigint')]) }}

),

groups_touched as (

    select groups_so_far.linked_group

    from groups_so_far

    inner join touched_records
        on groups_so_far.record_number = touched_records.record_number

    group by groups_so_far.linked_group

),

records_in_scope as (

    select record_number

    from touched_records

    union distinct

    select components_so_far.record_number

    from components_so_far

    inner join groups_touched
        on components_so_far.linked_group = groups_touched.linked_group

)

select * from records_in_scope
