with

events as (

    {{ raw_columns('ga4', 'events') }}

),

-- Few of many events carry an identity: the rest never reaches the grouping.
events_with_identity as (

    select
        {{ clean_text('user_pseudo_id') }} as anonymous_id,
        {{ clean_text('user_id') }} as external_id,
        {{ clean_text('email') }} as email,
        {{ epoch_timestamp(safe_cast_numeric('event_timestamp')) }} as occurred_at,
        {{ safe_cast_timestamp('loaded_at') }} as loaded_at

    from events

    where
        user_id is not null
        or email is not null

),

identities as (

    select
        anonymous_id,
        external_id,
        email,

        -- First seen, not last: a record does not change with every visit.
        min(occurred_at) as first_seen_at,
        min(loaded_at) as loaded_at

    from events_with_identity

    where coalesce(external_id, email) is not null

    group by anonymous_id, external_id, email

),

visitors_known as (

    select
        'ga4' as source,
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
