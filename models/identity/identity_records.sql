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
            created_at, updated_at, loaded_at, cast('1970-01-01' as {{ dbt.type_timestamp() }})
        ) as first_seen_at,
        is_deleted

    from {{ ref('source_profiles') }}

    where quarantine_reason is null

),

identifiers_seen as (

    select
        record_key,
        source,
        source_record_id,
        email,
        phone,
        external_id,
        anonymous_id,
        occurred_at as seen_at

    from {{ ref('source_events') }}

    where quarantine_reason is null

    union all

    select
        record_key,
        source,
        source_record_id,
        email,
        phone,
        cast(null as {{ dbt.type_string() }}) as external_id,
        anonymous_id,
        changed_at as seen_at

    from {{ ref('source_consents') }}

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
        min(seen_at) as first_seen_at

    from identifiers_seen

    group by record_key, source, source_record_id, email, phone, external_id, anonymous_id

),

-- What a vendor deleted takes the vendor's own events of it along.
deleted_ids as (

    select
        source,
        source_record_id

    from profiles

    where is_deleted

),

deleted_emails as (

    select
        source,
        email

    from profiles

    where email is not null

    group by source, email

    having min(case when is_deleted then 1 else 0 end) = 1

),

traces_judged as (

    select
        traces.*,
        deleted_ids.source is not null or deleted_emails.source is not null as is_deleted

    from traces

    left join deleted_ids
        on
            traces.source = deleted_ids.source
            and traces.source_record_id = deleted_ids.source_record_id

    left join deleted_emails
        on
            traces.source = deleted_emails.source
            and traces.email = deleted_emails.email

),

records as (

    select * from profiles

    union all

    select * from traces_judged

),

records_numbered as (

    select
        *,
        row_number() over (order by record_key) as record_number

    from records

)

select * from records_numbered
