with

alerts as (

    select
        alert_id,
        alert,
        contact_id,
        reason,
        reasons,
        opening,
        lead_score,
        owner,
        destination,
        fired_at

    from {{ ref('alerts') }}

    -- Older than a week it is no news: what is switched on late does not catch up.
    where
        route = 'webhook'
        and {{ days_between('fired_at', as_of()) }} < 7

),

contacts as (

    select
        contact_id,
        email,
        phone

    from {{ ref('contacts') }}

),

rows_to_send as (

    select
        alerts.alert_id,
        alerts.alert,
        alerts.contact_id,
        contacts.email,
        contacts.phone,
        alerts.reason,
        alerts.reasons,
        alerts.opening,
        alerts.lead_score,
        alerts.owner,
        alerts.destination,
        alerts.fired_at

    from alerts

    inner join contacts
        on alerts.contact_id = contacts.contact_id

)

select * from rows_to_send
