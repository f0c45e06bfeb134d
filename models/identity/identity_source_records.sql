{{ config(materialized='view') }}

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
        cast(null as {{ dbt.type_string() }}) as linked_source_record_id,
        nullif({{ name_key("first_name || ' ' || last_name") }}, '') as person_name,
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
        {{ null_columns(['linked_source_record_id', 'person_name']) }},
        first_seen_at,
        is_deleted

    from {{ ref('identity_traces') }}

),

-- A vendor's merge or conversion is a record that holds the ids of both.
links as (

    select
        record_key,
        'link' as record_kind,
        source,
        source_record_id,
        {{ null_columns(['email', 'phone', 'external_id', 'anonymous_id']) }},
        linked_source_record_id,
        {{ null_columns(['person_name']) }},
        coalesce(
            linked_at, loaded_at, cast('1970-01-01' as {{ dbt.type_timestamp() }})
        ) as first_seen_at,
        false as is_deleted

    from {{ ref('source_links') }}

    where quarantine_reason is null

),

records as (

    select * from profiles

    union all

    select * from traces

    union all

    select * from links

)

select * from records
