with

contacts as (

    select * from {{ ref('stg_brevo__contacts') }}

),

contact_lists as (

    {{ raw_columns('brevo', 'contact_list') }}

),

unsubscribes as (

    select
        email,
        occurred_at,
        loaded_at

    from {{ ref('stg_brevo__events') }}

    where event_name = 'email_unsubscribed'

),

contacts_on_lists as (

    select {{ clean_text('_dlt_parent_id') }} as row_id

    from contact_lists

    group by 1

),

decisions as (

    -- On a list and not refused is what Brevo calls subscribed. Since when it does not
    -- say: the earliest time there can be lifts no refusal given elsewhere.
    select
        contacts.contact_id as source_record_id,
        contacts.email,
        contacts.phone,
        'email_marketing' as purpose,
        'granted' as status,
        contacts.created_at as changed_at,
        contacts.loaded_at

    from contacts

    inner join contacts_on_lists
        on contacts.row_id = contacts_on_lists.row_id

    where not coalesce(contacts.is_email_blacklisted, true)

    union all

    select
        contact_id as source_record_id,
        email,
        phone,
        'email_marketing' as purpose,
        'denied' as status,
        coalesce(updated_at, created_at, loaded_at) as changed_at,
        loaded_at

    from contacts

    where is_email_blacklisted

    union all

    -- That a number may be written to is nowhere on record, only that it may not.
    select
        contact_id as source_record_id,
        email,
        phone,
        'sms' as purpose,
        'denied' as status,
        coalesce(updated_at, created_at, loaded_at) as changed_at,
        loaded_at

    from contacts

    where is_sms_blacklisted

    union all

    select
        cast(null as {{ dbt.type_string() }}) as source_record_id,
        email,
        cast(null as {{ dbt.type_string() }}) as phone,
        'email_marketing' as purpose,
        'denied' as status,
        occurred_at as changed_at,
        loaded_at

    from unsubscribes

),

decisions_of_source as (

    select
        'brevo' as source,
        decisions.*

    from decisions

),

consents as (

    {{ as_shape('consents', 'decisions_of_source') }}

)

select * from consents
