with

atomic_events as (

    select
        anonymous_id,
        external_id,
        email,
        occurred_at,
        loaded_at

    from {{ ref('stg_snowplow__atomic_events') }}

    where coalesce(external_id, email) is not null

),

identities as (

    select
        anonymous_id,
        external_id,
        email,

        -- First seen, not last: a record does not change with every visit.
        min(occurred_at) as first_seen_at,
        min(loaded_at) as loaded_at

    from atomic_events

    group by anonymous_id, external_id, email

),

visitors_known as (

    select
        'snowplow' as source,
        md5(
            coalesce(anonymous_id, '')
            || '|' || coalesce(external_id, '')
            || '|' || coalesce(email, '')
        ) as source_record_id,
        email,
        external_id,
        anonymous_id,
        first_seen_at as created_at,
        first_seen_at as updated_at,
        loaded_at,
        false as is_deleted

    from identities

),

profiles as (

    {{ as_shape('profiles', 'visitors_known') }}

)

select * from profiles
