with

merges as (

    {{ raw_columns('marketo', 'activity_merge_leads') }}

),

-- One activity may name several leads, as [123, 456].
merges_by_lead as (

    select
        'marketo' as source,
        pieces.piece as source_record_id,
        {{ text_id('merges.lead_id') }} as linked_source_record_id,
        'merged' as link_kind,
        {{ safe_cast_timestamp('merges.activity_date') }} as linked_at,
        {{ safe_cast_timestamp('merges._fivetran_synced') }} as loaded_at

    from merges

    {{ split_to_rows(regex_replace(clean_text('merges.merge_ids'), '[^0-9,]'), ',') }}

),

merges_of_two as (

    select * from merges_by_lead

    where
        source_record_id <> ''
        and source_record_id <> linked_source_record_id

),

links as (

    {{ as_shape('links', 'merges_of_two') }}

)

select * from links
