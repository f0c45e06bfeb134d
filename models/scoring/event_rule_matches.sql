{{ config(materialized='view') }}

{%- set properties = event_properties() -%}

with

events as (

    select
        event_id,
        contact_id,
        event_name,
        occurred_at,
        {{ (properties['text'] + properties['number']) | join(',\n        ') }}

    from {{ ref('scored_events') }}

),

active_event_rules as (

    select
        rule,
        event_name,
        property,
        operator,
        compared_text,
        lowest_number,
        highest_number,
        max_per_day,
        first_time_millionths

    from {{ ref('active_event_rules') }}

),

events_beside_rules as (

    select
        events.event_id,
        events.contact_id,
        events.occurred_at,
        active_event_rules.*,
        lower({{ column_by_name(
            'events', properties['text'], 'active_event_rules.property'
        ) }}) as found_text,
        {{ column_by_name(
            'events', properties['number'], 'active_event_rules.property'
        ) }} as found_number

    from events

    inner join active_event_rules
        on events.event_name = active_event_rules.event_name

),

event_rule_matches as (

    select
        event_id,
        contact_id,
        occurred_at,
        rule,
        max_per_day,
        first_time_millionths

    from events_beside_rules

    where
        operator is null
        or {{ rule_holds('found_text', 'found_number') }}

)

select * from event_rule_matches
