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

identities as (

    select
        source,
        'record_id' as identifier_type,
        source_record_id as identifier_value

    from profiles

    where is_deleted

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
