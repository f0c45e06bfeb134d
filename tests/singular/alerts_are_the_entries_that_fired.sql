-- Each entry that fired is an alert, and there is no other; a contact enters and leaves
-- by turns.
with

fired as (

    select
        alert,
        contact_id,
        changed_at as fired_at

    from {{ ref('alert_entries') }}

    where is_fired

),

alerts as (

    select distinct
        alert,
        contact_id,
        fired_at

    from {{ ref('alerts') }}

),

differences as (

    select
        fired.alert,
        fired.contact_id,
        alerts.alert as other_alert

    from fired

    full outer join alerts
        on
            fired.alert = alerts.alert
            and fired.contact_id = alerts.contact_id
            and fired.fired_at = alerts.fired_at

    where
        fired.alert is null
        or alerts.alert is null

    union all

    select
        alert,
        contact_id,
        change_kind as other_alert

    from {{ ref('alert_entries') }}

    where
        contact_id is not null
        and (mod(change_number, 2) = 1) <> (change_kind = 'entered')

)

select * from differences
