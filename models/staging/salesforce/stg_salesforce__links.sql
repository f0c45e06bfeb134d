with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

contacts as (

    select * from {{ ref('stg_salesforce__contacts') }}

),

conversions as (

    select
        'salesforce' as source,
        lead_id as source_record_id,
        converted_contact_id as linked_source_record_id,
        'converted' as link_kind,
        converted_at as linked_at,
        loaded_at

    from leads

    where is_converted and converted_contact_id is not null

),

records_merged_away as (

    select
        lead_id as source_record_id,
        master_record_id,
        updated_at,
        loaded_at

    from leads

    union all

    select
        contact_id as source_record_id,
        master_record_id,
        updated_at,
        loaded_at

    from contacts

),

merged_records as (

    select
        'salesforce' as source,
        source_record_id,
        master_record_id as linked_source_record_id,
        'merged' as link_kind,

        -- The last thing that happens to a record is that it is merged away.
        updated_at as linked_at,
        loaded_at

    from records_merged_away

    where master_record_id is not null

),

links as (

    {{ as_shape('links', 'conversions') }}

    union all

    {{ as_shape('links', 'merged_records') }}

)

select * from links
