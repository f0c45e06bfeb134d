with

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
        source,
        source_record_id,
        email,
        phone,
        external_id,
        anonymous_id,
        min(seen_at) as first_seen_at

    from identifiers_seen

    group by
        record_key, source, source_record_id, email, phone, external_id, anonymous_id

),

deleted_identities as (

    select * from {{ ref('deleted_identities') }}

),

traces_judged as (

    select
        traces.*,
        deleted_ids.source is not null
        or deleted_emails.source is not null as is_deleted

    from traces

    left join deleted_identities as deleted_ids
        on
            traces.source = deleted_ids.source
            and traces.source_record_id = deleted_ids.identifier_value
            and deleted_ids.identifier_type = 'record_id'

    left join deleted_identities as deleted_emails
        on
            traces.source = deleted_emails.source
            and traces.email = deleted_emails.identifier_value
            and deleted_emails.identifier_type = 'email'

)

select * from traces_judged
