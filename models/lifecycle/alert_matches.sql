with

conditions as (

    select * from {{ ref('alert_conditions') }}

),

conditions_beside_values as (

    {{ conditions_beside_values('conditions', condition_fields(score_fields())) }}

),

alerts_held as (

    select
        alert,
        contact_id

    from conditions_beside_values

    where {{ condition_holds() }}

    group by
        alert,
        contact_id

    having count(*) = max(conditions)

),

contacts_today as (

    select
        contact_id,
        coalesce(days_since_last_activity = 0, false) as was_active_today

    from {{ ref('contact_fields') }}

    where as_of = {{ as_of() }}

),

alert_matches as (

    select
        alerts_held.alert,
        alerts_held.contact_id,
        contacts_today.was_active_today

    from alerts_held

    inner join contacts_today
        on alerts_held.contact_id = contacts_today.contact_id

)

select * from alert_matches
