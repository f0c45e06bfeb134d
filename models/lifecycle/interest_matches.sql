{{ config(materialized='view') }}

{%- set properties = event_properties() -%}

-- depends_on: {{ ref('policy_problems') }}
with

interest_rules as (

    select
        rule,
        kind,
        interest,
        event_name,
        property,
        operator,
        lower(value) as compared_text,
        {{ number_or_null(dbt.split_part('value', "'|'", 1)) }} as lowest_number,
        {{ number_or_null(dbt.split_part('value', "'|'", 2)) }} as highest_number,
        cast({{ number_or_null('weight') }} * 1000000 as {{ dbt.type_bigint() }})
            as millionths,
        {{ number_or_null('half_life_days') }} as half_life_days

    from {{ ref('interest_rules') }}

    where is_active = 'true'

),

activities as (

    select event_name

    from {{ ref('event_catalog') }}

    where is_activity = 'true'

),

events as (

    select *

    from {{ ref('scored_events') }}

    where occurred_at <= {{ as_of() }}

),

-- A mail that came is nobody's interest: without an event only activities count.
rules_by_event as (

    select
        interest_rules.*,
        activities.event_name as counted_event

    from interest_rules

    inner join activities
        on interest_rules.event_name = activities.event_name

    union all

    select
        interest_rules.*,
        activities.event_name as counted_event

    from interest_rules

    cross join activities

    where interest_rules.event_name is null

),

events_beside_rules as (

    select
        events.event_id,
        events.contact_id,
        events.occurred_at,
        rules_by_event.*,
        {{ column_by_name('events', properties['text'], 'rules_by_event.property') }}
            as found,
        {{ column_by_name('events', properties['number'], 'rules_by_event.property') }}
            as found_number

    from events

    inner join rules_by_event
        on events.event_name = rules_by_event.counted_event

),

interest_matches as (

    select
        event_id,
        contact_id,
        occurred_at,
        rule,
        kind,
        coalesce(interest, found) as interest,
        millionths,
        half_life_days

    from events_beside_rules

    where
        (operator is null or {{ rule_holds('lower(found)', 'found_number') }})
        and coalesce(interest, found) is not null

)

select * from interest_matches
