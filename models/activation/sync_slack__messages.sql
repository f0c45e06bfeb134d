with

alerts as (

    select
        alert_id,
        contact_id,
        reason,
        reasons,
        opening,
        lead_score,
        owner,
        destination

    from {{ ref('alerts') }}

    -- Older than a week it is no news: what is switched on late does not catch up.
    where
        route = 'slack'
        and {{ days_between('fired_at', as_of()) }} < 7

),

contacts as (

    select
        contact_id,
        first_name,
        last_name,
        company_name

    from {{ ref('contacts') }}

),

messages as (

    select
        alerts.alert_id,
        alerts.contact_id,
        alerts.reason,
        trim(
            coalesce(contacts.first_name, '') || ' ' || coalesce(contacts.last_name, '')
        ) as contact_name,
        contacts.company_name,
        alerts.lead_score,
        alerts.reasons,
        alerts.opening,
        alerts.owner,
        alerts.destination

    from alerts

    inner join contacts
        on alerts.contact_id = contacts.contact_id

)

select * from messages
