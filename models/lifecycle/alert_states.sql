with

remembered as (

    {{ rows_so_far('alert_entries', [
        ('alert', dbt.type_string()),
        ('contact_id', dbt.type_string()),
        ('change_number', dbt.type_int()),
        ('change_kind', dbt.type_string()),
        ('conditions_digest', dbt.type_string())
    ]) }}

),

remembered_in_order as (

    select
        alert,
        contact_id,
        change_number,
        change_kind,
        conditions_digest,
        row_number() over (
            partition by alert, contact_id
            order by change_number desc
        ) as recency_place

    from remembered

),

alert_states as (

    select
        alert,
        contact_id,
        change_number,
        change_kind,
        conditions_digest

    from remembered_in_order

    where recency_place = 1

)

select * from alert_states
