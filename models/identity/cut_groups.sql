with

components as (

    select
        record_number,
        component,
        linked_group

    from {{ ref('identity_components') }}

),

records as (

    select
        record_key,
        record_number

    from {{ ref('identity_records') }}

),

groups_cut as (

    select linked_group

    from components

    group by linked_group

    having min(component) <> max(component)

),

records_of_groups_cut as (

    select
        records.record_key,
        components.record_number,
        components.component,
        components.linked_group

    from components

    inner join groups_cut
        on components.linked_group = groups_cut.linked_group

    inner join records
        on components.record_number = records.record_number

)

select * from records_of_groups_cut
