with

records as (

    select
        record_number,
        record_key,
        record_kind,
        source,
        email,
        phone,
        first_seen_at,
        record_kind = 'profile'
        and source in ('{{ var("crm_sources") | join("', '") }}') as is_crm_record

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
        records.*,
        coalesce(components.component, records.record_number) as component,
        records.email is not null
        or records.phone is not null
        or records.is_crm_record as is_known

    from records

    left join components
        on records.record_number = components.record_number

),

records_in_order as (

    select
        *,
        row_number() over (
            partition by component
            order by
                case when is_known then 0 else 1 end asc,
                first_seen_at asc nulls last,
                record_key asc
        ) as place

    from records_in_components

),

-- A contact is named after the first record by which it was known.
component_names as (

    select
        component,
        md5(record_key) as contact_id,
        first_seen_at as first_known_at,
        is_known as is_contact

    from records_in_order

    where place = 1

),

records_of_contacts as (

    select
        records_in_order.record_key,
        records_in_order.record_kind,
        records_in_order.source,
        component_names.contact_id,
        component_names.is_contact,
        component_names.first_known_at

    from records_in_order

    inner join component_names
        on records_in_order.component = component_names.component

)

select * from records_of_contacts
