-- What a vendor deleted takes the vendor's own events of it along: by record id, and by
-- an address that none of the vendor's live records holds.

with

profiles as (

    select
        source,
        source_record_id,
        email,
        is_deleted

    from {{ ref('source_profiles') }}

    where quarantine_reason is null

),

-- A record that was merged into another is gone, and the person is not.
merged_away as (

    select
        source,
        source_record_id

    from {{ ref('source_links') }}

    where quarantine_reason is null

    group by source, source_record_id

),

identities as (

    select
        profiles.source,
        'record_id' as identifier_type,
        profiles.source_record_id as identifier_value

    from profiles

    left join merged_away
        on
            profiles.source = merged_away.source
            and profiles.source_record_id = merged_away.source_record_id

    where
        profiles.is_deleted
        and merged_away.source is null

    union all

    select
        source,
        'email' as identifier_type,
        email as identifier_value

    from profiles

    where email is not null

    group by source, email

    having min(case when is_deleted then 1 else 0 end) = 1

)

select * from identities
