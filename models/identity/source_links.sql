with

links as (

    {{ union_of_sources('links') }}

),

-- Whoever was forgotten stays out.
suppressed as (

    select * from {{ ref('suppressed_values') }}

    where shape = 'links'

),

links_kept as (

    select *

    from links

    where not {{ is_suppressed('links') }}

),

links_numbered as (

    select
        source,
        nullif(trim(source_record_id), '') as source_record_id,
        nullif(trim(linked_source_record_id), '') as linked_source_record_id,
        link_kind,
        linked_at,
        loaded_at,
        row_number() over (
            partition by source, source_record_id, linked_source_record_id
            order by linked_at asc nulls last, loaded_at asc nulls last
        ) as copy_number

    from links_kept

),

links_judged as (

    select
        *,
        'link|' || source || '|' || source_record_id || '|' || linked_source_record_id
            as record_key,
        case
            when source_record_id is null or linked_source_record_id is null
                then 'missing_record_id'
            when copy_number > 1 then 'duplicate_record'
            when {{ days_between('loaded_at', 'linked_at') }} > 1
                then 'dated_after_loading'
        end as quarantine_reason

    from links_numbered

)

select * from links_judged
