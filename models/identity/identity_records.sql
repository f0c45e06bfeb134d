with

profiles as (

    select
        record_key,
        'profile' as record_kind,
        source,
        source_record_id,
        email,
        phone,
        external_id,
        anonymous_id,
        coalesce(
            created_at, updated_at, loaded_at,
            cast('1970-01-01' as {{ dbt.type_timestamp() }})
        ) as first_seen_at,
        is_deleted

    from {{ ref('source_profiles') }}

    where quarantine_reason is null

),

traces as (

    select
        record_key,
        'trace' as record_kind,
        source,
        source_record_id,
        email,
        phone,
        external_id,
        anonymous_id,
        first_seen_at,
        is_deleted

    from {{ ref('identity_traces') }}

),

records as (

    select * from profiles

    union all

    select * from traces

),

records_numbered as (

    select
        *,
        row_number() over (order by record_key) as record_number

    from records

)

select * from records_numbered
