{{ config(enabled=var('demo', true) and 'hubspot' in var('sources')) }}

-- The sample's generator gives each machine one of four agents. All of their events are
-- found and no others; the clicks alone give four of five clicks away, and nobody else.

with

events_by_truth as (

    select
        source || ':' || source_event_id as event_id,
        source,
        source_event_id,
        event_name,
        coalesce(
            user_agent in (
                'Mozilla/5.0 (compatible; MailScanner/4.2)',
                'LinkGuard-Scanner/1.9',
                'python-requests/2.32',
                'Mozilla/5.0 (compatible; ExampleBot/2.1)'
            ),
            false
        ) as is_planted

    from {{ ref('source_events') }}

    where quarantine_reason is null

),

machine_events as (

    select event_id from {{ ref('machine_events') }}

),

click_bursts as (

    select * from {{ ref('click_bursts') }}

),

events_judged as (

    select
        events_by_truth.event_id,
        events_by_truth.event_name,
        events_by_truth.is_planted,
        machine_events.event_id is not null as is_found,
        click_bursts.source_event_id is not null as is_in_burst

    from events_by_truth

    left join machine_events
        on events_by_truth.event_id = machine_events.event_id

    left join click_bursts
        on
            events_by_truth.source = click_bursts.source
            and events_by_truth.source_event_id = click_bursts.source_event_id

),

burst_recall as (

    select
        count(*) as clicks,
        {{ count_when('is_in_burst') }} as found

    from events_judged

    where
        is_planted
        and event_name = 'email_clicked'

),

problems as (

    select
        event_id,
        case when is_planted then 'missed' else 'a person' end as problem

    from events_judged

    where is_planted <> is_found

    union all

    select
        event_id,
        'a person in a burst' as problem

    from events_judged

    where
        is_in_burst
        and not is_planted

    union all

    select
        'all' as event_id,
        'too few clicks in bursts' as problem

    from burst_recall

    where coalesce(found, 0) < 0.8 * clicks or clicks = 0

)

select * from problems
