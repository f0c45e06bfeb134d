{%- set opens_and_clicks = "'" ~ mail_touches() | join("', '") ~ "'" -%}

with

event_catalog as (

    select
        event_name,
        category = 'web' and is_activity = 'true' as is_visit

    from {{ ref('event_catalog') }}

),

machine_agents as (

    select * from {{ ref('machine_agents') }}

),

data_centre_addresses as (

    select * from {{ ref('data_centre_addresses') }}

),

source_events as (

    select * from {{ ref('source_events') }}

),

-- Nothing else is ever a machine's: an order, a form or a cancelled subscription
-- counts, whatever program it came by.
events as (

    select
        source_events.source,
        source_events.source_event_id,
        source_events.event_name,
        source_events.user_agent,
        source_events.ip_address

    from source_events

    inner join event_catalog
        on source_events.event_name = event_catalog.event_name

    where
        source_events.quarantine_reason is null
        and (
            source_events.event_name in ({{ opens_and_clicks }})
            or event_catalog.is_visit
        )

),

findings as (

    select
        source,
        source_event_id,
        'click_burst' as exclusion_reason

    from {{ ref('click_bursts') }}

    union all

    select
        source,
        source_event_id,
        'click_without_open' as exclusion_reason

    from {{ ref('clicks_without_open') }}

    union all

    -- A proxy opens mails; a person clicks and looks at pages through one.
    select
        events.source,
        events.source_event_id,
        machine_agents.exclusion_reason

    from events

    inner join machine_agents
        on events.user_agent = machine_agents.user_agent

    where
        machine_agents.exclusion_reason <> 'privacy_proxy'
        or events.event_name in ('email_opened', 'promotion_opened')

    union all

    select
        events.source,
        events.source_event_id,
        'data_centre' as exclusion_reason

    from events

    inner join data_centre_addresses
        on events.ip_address = data_centre_addresses.ip_address

    where events.event_name in ({{ opens_and_clicks }})

),

-- The surest comes first: what it did, what it calls itself, where it stands.
findings_numbered as (

    select
        *,
        row_number() over (
            partition by source, source_event_id
            order by
                case exclusion_reason
                    when 'click_burst' then 1
                    when 'scanner_agent' then 2
                    when 'crawler_agent' then 3
                    when 'data_centre' then 4
                    when 'click_without_open' then 5
                    else 6
                end
        ) as place

    from findings

),

machine_events as (

    select
        source || ':' || source_event_id as event_id,
        exclusion_reason

    from findings_numbered

    where place = 1

)

select * from machine_events
