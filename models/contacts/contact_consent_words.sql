with

consents as (

    select
        record_key,
        source,
        purpose,
        status,
        changed_at

    from {{ ref('source_consents') }}

    where
        quarantine_reason is null
        and changed_at <= {{ as_of() }}

),

contacts as (

    select
        record_key,
        contact_id

    from {{ ref('identity_contacts') }}

    where
        record_kind = 'trace'
        and is_contact

),

last_opt_ins as (

    select
        contact_id,
        opted_in_at

    from {{ ref('contact_opt_ins') }}

),

consents_numbered as (

    select
        contacts.contact_id,
        consents.purpose,
        consents.source,
        consents.status,
        consents.changed_at,

        -- Of two changes in one second the refusal stands.
        row_number() over (
            partition by contacts.contact_id, consents.purpose, consents.source
            order by consents.changed_at desc, consents.status asc
        ) as recency_place

    from consents

    inner join contacts
        on consents.record_key = contacts.record_key

),

latest_by_source as (

    select
        consents_numbered.*,
        consents_numbered.status = 'denied'
        and coalesce(
            consents_numbered.purpose <> 'email_marketing'
            or last_opt_ins.opted_in_at <= consents_numbered.changed_at,
            true
        ) as is_refusal

    from consents_numbered

    left join last_opt_ins
        on consents_numbered.contact_id = last_opt_ins.contact_id

    where consents_numbered.recency_place = 1

)

select * from latest_by_source
