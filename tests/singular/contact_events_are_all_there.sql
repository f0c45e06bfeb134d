-- The events of contacts are as many as the reconciliation says.

with

events_delivered as (

    select
        source,
        count(*) as events

    from {{ ref('contact_events') }}

    group by source

),

reconciliation as (

    select
        source,
        contacts

    from {{ ref('source_reconciliation') }}

    where shape = 'events'

),

differences as (

    select
        reconciliation.source,
        reconciliation.contacts,
        events_delivered.events

    from reconciliation

    left join events_delivered
        on reconciliation.source = events_delivered.source

    where reconciliation.contacts <> coalesce(events_delivered.events, 0)

)

select * from differences
