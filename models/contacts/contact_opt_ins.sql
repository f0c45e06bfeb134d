with

contacts as (

    select
        record_key,
        contact_id

    from {{ ref('identity_contacts') }}

    where
        record_kind = 'trace'
        and is_contact

),

form_opt_ins as (

    select
        record_key,
        occurred_at as opted_in_at

    from {{ ref('source_events') }}

    where
        event_name = 'newsletter_subscribed'
        and quarantine_reason is null
        and occurred_at <= {{ as_of() }}

),

last_opt_ins as (

    select
        contacts.contact_id,
        max(form_opt_ins.opted_in_at) as opted_in_at

    from form_opt_ins

    inner join contacts
        on form_opt_ins.record_key = contacts.record_key

    group by contacts.contact_id

)

select * from last_opt_ins
