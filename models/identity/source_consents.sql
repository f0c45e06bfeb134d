with

consents as (

    {{ union_of_sources('consents') }}

),

-- Whoever was forgotten stays out.
suppressed as (

    select * from {{ ref('suppressed_values') }}

    where shape = 'consents'

),

consents_kept as (

    select *

    from consents

    where not {{ is_suppressed('consents') }}

),

source_countries as (

    select * from {{ ref('source_countries') }}

),

consents_dialled as (

    select
        *,
        {{ phone_digits('phone') }} as phone_digits

    from consents_kept

),

consents_normalised as (

    select
        consents.source,
        nullif(trim(consents.source_record_id), '') as source_record_id,
        {{ normalize_email('consents.email') }} as email,
        {{ normalize_phone('consents.phone_digits', 'source_countries') }} as phone,
        nullif(trim(consents.anonymous_id), '') as anonymous_id,
        consents.purpose,
        consents.status,
        consents.changed_at,
        consents.loaded_at

    from consents_dialled as consents

    left join source_countries
        on consents.source = source_countries.source

),

consents_numbered as (

    select
        *,
        {{ identity_key(
            'source', 'source_record_id', 'email', 'phone', 'null', 'anonymous_id'
        ) }} as record_key,
        row_number() over (
            partition by
                source, source_record_id, email, phone, anonymous_id, purpose, status,
                changed_at
            order by loaded_at asc nulls last
        ) as copy_number

    from consents_normalised

),

consents_judged as (

    select
        *,
        case
            when copy_number > 1 then 'duplicate_record'
            when
                purpose is null
                or purpose not in (
                    'email_marketing', 'sms', 'web_push', 'ad_targeting', 'profiling'
                )
                then 'unknown_purpose'
            when
                status is null or status not in ('granted', 'denied')
                then 'unknown_status'
            when changed_at is null then 'missing_time'
            when
                {{ days_between('loaded_at', 'changed_at') }} > 1
                then 'dated_after_loading'
            when
                coalesce(source_record_id, email, phone, anonymous_id) is null
                then 'no_usable_identifier'
        end as quarantine_reason

    from consents_numbered

)

select * from consents_judged
