with

merge_activities as (

    {{ raw_columns('marketo', 'activity_merge_leads') }}

),

-- One activity may name several leads, as [123, 456].
merged_leads as (

    select
        'marketo' as source,
        pieces.piece as source_record_id,
        {{ text_id('merge_activities.lead_id') }} as linked_source_record_id,
        'merged' as link_kind,
        {{ safe_cast_timestamp('merge_activities.activity_date') }} as linked_at,
        {{ safe_cast_timestamp('merge_activities._fivetran_synced') }} as loaded_at

    from merge_activities

    {{ split_to_rows(
        regex_replace(clean_text('merge_activities.merge_ids'), '[^0-9,]'), ','
    ) }}

),

leads_merged_into_others as (

    select * from merged_leads

    where
        source_record_id <> ''
        and source_record_id <> linked_source_record_id

),

links as (

    {{ as_shape('links', 'leads_merged_into_others') }}

)

select * from links
