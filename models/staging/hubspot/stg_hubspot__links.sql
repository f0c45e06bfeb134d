with

merge_audits as (

    {{ raw_columns('hubspot', 'contact_merge_audit') }}

),

contacts as (

    {{ raw_columns('hubspot', 'contact') }}

),

-- The list has no times, and the audit may be absent.
merges_told as (

    select
        {{ text_id('vid_to_merge') }} as source_record_id,
        {{ text_id('canonical_vid') }} as linked_source_record_id,
        {{ safe_cast_timestamp('merge_audits.timestamp') }} as linked_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at

    from merge_audits

    union all

    select
        {{ text_id('pieces.piece') }} as source_record_id,
        {{ text_id('contacts.id') }} as linked_source_record_id,
        null as linked_at,
        {{ safe_cast_timestamp('contacts._fivetran_synced') }} as loaded_at

    from contacts

    {{ split_to_rows(clean_text('contacts.property_hs_merged_object_ids'), ';') }}

),

merged_contacts as (

    select
        'hubspot' as source,
        source_record_id,
        linked_source_record_id,
        'merged' as link_kind,
        max(linked_at) as linked_at,
        max(loaded_at) as loaded_at

    from merges_told

    where source_record_id <> linked_source_record_id

    group by source_record_id, linked_source_record_id

),

links as (

    {{ as_shape('links', 'merged_contacts') }}

)

select * from links
