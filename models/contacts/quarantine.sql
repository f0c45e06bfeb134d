with

profiles as (

    select
        source,
        'profiles' as shape,
        source_record_id as record_id,
        cast(null as {{ dbt.type_string() }}) as event_name,
        given_email as email,
        given_phone as phone,
        anonymous_id,
        created_at as occurred_at,
        loaded_at,
        quarantine_reason

    from {{ ref('source_profiles') }}

    where quarantine_reason is not null

),

events as (

    select
        source,
        'events' as shape,
        source_event_id as record_id,
        event_name,
        email,
        phone,
        anonymous_id,
        occurred_at,
        loaded_at,
        quarantine_reason

    from {{ ref('source_events') }}

    where quarantine_reason is not null

),

consents as (

    select
        source,
        'consents' as shape,
        source_record_id as record_id,
        cast(null as {{ dbt.type_string() }}) as event_name,
        email,
        phone,
        anonymous_id,
        changed_at as occurred_at,
        loaded_at,
        quarantine_reason

    from {{ ref('source_consents') }}

    where quarantine_reason is not null

),

links as (

    select
        source,
        'links' as shape,
        source_record_id as record_id,
        {{ null_columns(['event_name', 'email', 'phone', 'anonymous_id']) }},
        linked_at as occurred_at,
        loaded_at,
        quarantine_reason

    from {{ ref('source_links') }}

    where quarantine_reason is not null

),

records as (

    select * from profiles

    union all

    select * from events

    union all

    select * from consents

    union all

    select * from links

)

select * from records
