with

profiles_normalised as (

    select * from {{ ref('normalised_profiles') }}

),

profiles_numbered as (

    select
        *,

        -- Loaders repeat records. Ties end on the content: row order is no matter.
        row_number() over (
            partition by source, source_record_id
            order by
                coalesce(updated_at, created_at, loaded_at) desc nulls last,
                loaded_at desc nulls last,
                is_deleted desc,
                email desc nulls last,
                phone desc nulls last,
                anonymous_id desc nulls last,
                first_name desc nulls last,
                last_name desc nulls last,
                job_title desc nulls last
        ) as copy_number

    from profiles_normalised

),

profiles_judged as (

    select
        *,
        source || ':' || source_record_id as record_key,
        case
            when source_record_id is null then 'missing_record_id'
            when copy_number > 1 then 'duplicate_record'
            when
                {{ days_between('loaded_at', 'created_at') }} > 1
                or {{ days_between('loaded_at', 'updated_at') }} > 1
                then 'dated_after_loading'
            when
                not is_deleted
                and coalesce(email, phone, external_id, anonymous_id) is null
                and source not in ('{{ var("crm_sources") | join("', '") }}')
                then 'no_usable_identifier'
        end as quarantine_reason

    from profiles_numbered

)

select * from profiles_judged
