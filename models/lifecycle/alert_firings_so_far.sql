with

remembered as (

    {{ rows_so_far('alert_entries', [
        ('alert', dbt.type_string()),
        ('contact_id', dbt.type_string()),
        ('changed_at', dbt.type_timestamp()),
        ('is_fired', dbt.type_boolean())
    ]) }}

),

successors as (

    select * from {{ ref('contact_successors') }}

),

-- What fired for somebody who was merged into a contact has been said of that contact.
alert_firings_so_far as (

    select
        remembered.alert,
        coalesce(successors.current_contact_id, remembered.contact_id) as contact_id,
        max(remembered.changed_at) as last_fired_at

    from remembered

    left join successors
        on remembered.contact_id = successors.contact_id

    where remembered.is_fired

    group by
        remembered.alert,
        coalesce(successors.current_contact_id, remembered.contact_id)

)

select * from alert_firings_so_far
