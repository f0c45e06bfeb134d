with

records as (

    select
        record_number,
        record_key,
        record_kind,
        source,
        first_seen_at,
        email is not null
        or phone is not null
        or (
            record_kind = 'profile'
            and source in ('{{ var("crm_sources") | join("', '") }}')
        ) as is_known

    from {{ ref('identity_records') }}

    where not is_deleted

),

components as (

    select
        record_number,
        component

    from {{ ref('identity_components') }}

),

records_in_components as (

    select
        records.record_key,
        records.record_kind,
        records.source,
        records.first_seen_at,
        records.is_known,
        coalesce(components.component, records.record_number) as component

    from records

    left join components
        on records.record_number = components.record_number

),

known_since as (

    select
        component,
        min(case when is_known then first_seen_at end) as first_known_at

    from records_in_components

    group by component

),

clusters as (

    select
        records_in_components.record_key,
        records_in_components.record_kind,
        records_in_components.source,
        records_in_components.first_seen_at,
        records_in_components.component,
        known_since.first_known_at,
        known_since.first_known_at is not null as is_contact,
        row_number() over (
            partition by records_in_components.component
            order by
                case when records_in_components.is_known then 0 else 1 end asc,
                records_in_components.first_seen_at asc,
                records_in_components.record_key asc
        ) as place_in_component

    from records_in_components

    inner join known_since
        on records_in_components.component = known_since.component

)

select * from clusters
