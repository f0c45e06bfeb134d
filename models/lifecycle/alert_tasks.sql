{{ config(materialized='view') }}

with

alerts as (

    select
        alert_id,
        contact_id,
        reason,
        reasons,
        opening,
        destination,
        fired_at

    from {{ ref('alerts') }}

    -- Older than a week it is no news: what is switched on late does not catch up.
    where
        route = 'crm_task'
        and {{ days_between('fired_at', as_of()) }} < 7

),

records as (

    select
        contact_id,
        source,
        replace(identifier_value, source || ':', '') as record_id,

        -- One task for one alert: on the oldest of the contact's records there.
        row_number() over (
            partition by contact_id, source
            order by length(identifier_value), identifier_value
        ) as record_number

    from {{ ref('contact_identifiers') }}

    where identifier_type = 'record_id'

),

alert_tasks as (

    select
        alerts.alert_id,
        records.source,
        alerts.contact_id,
        records.record_id,
        alerts.reason,
        coalesce(alerts.opening, '')
        || coalesce(' (' || alerts.reasons || ')', '') as note,
        cast({{ dbt.dateadd('day', 1, 'alerts.fired_at') }} as date) as due_on,
        alerts.destination as owner_id

    from alerts

    inner join records
        on
            alerts.contact_id = records.contact_id
            and records.record_number = 1

)

select * from alert_tasks
