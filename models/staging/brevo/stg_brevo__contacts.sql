with

contacts as (

    {{ raw_columns('brevo', 'contact') }}

),

campaign_events as (

    {{ raw_columns('brevo', 'campaign_event') }}

),

-- A loader that merges keeps what is gone from the API: only the webhook tells.
deletions as (

    select
        lower({{ clean_text('email') }}) as email,
        max(
            coalesce(
                {{ timestamp_of_seconds('ts_event') }}, {{ timestamp_of_seconds('ts') }}
            )
        ) as deleted_at

    from campaign_events

    where lower({{ clean_text('event') }}) = 'contact_deleted'

    group by 1

),

contacts_cleaned as (

    select
        {{ text_id('id') }} as contact_id,
        {{ clean_text('_dlt_id') }} as row_id,
        {{ clean_text('email') }} as email,
        {{ text_id('attributes__sms') }} as sms,
        {{ text_id('attributes__ext_id') }} as external_id,

        -- A French account names its attributes in French.
        coalesce(
            {{ clean_text('attributes__firstname') }},
            {{ clean_text('attributes__prenom') }}
        ) as first_name,
        coalesce(
            {{ clean_text('attributes__lastname') }},
            {{ clean_text('attributes__nom') }}
        ) as last_name,
        {{ clean_text('attributes__job_title') }} as job_title,
        {{ clean_text('attributes__company') }} as company_name,
        {{ clean_text('attributes__city') }} as city,
        {{ clean_text('attributes__country') }} as country,
        {{ clean_text('attributes__language') }} as language,
        {{ safe_cast_boolean('email_blacklisted') }} as is_email_blacklisted,
        {{ safe_cast_boolean('sms_blacklisted') }} as is_sms_blacklisted,
        {{ safe_cast_timestamp('created_at') }} as created_at,
        {{ safe_cast_timestamp('modified_at') }} as updated_at,
        {{ timestamp_of_seconds('_dlt_load_id') }} as loaded_at

    from contacts

),

contacts_with_deletion as (

    select
        contacts_cleaned.*,

        -- Brevo keeps numbers with their country code and without its plus sign.
        case
            when contacts_cleaned.sms like '+%' or contacts_cleaned.sms like '0%'
                then contacts_cleaned.sms
            else '+' || contacts_cleaned.sms
        end as phone,

        -- Whoever came back after being deleted has a later record.
        coalesce(deletions.deleted_at >= contacts_cleaned.created_at, false)
            as is_deleted

    from contacts_cleaned

    left join deletions
        on lower(contacts_cleaned.email) = deletions.email

)

select * from contacts_with_deletion
