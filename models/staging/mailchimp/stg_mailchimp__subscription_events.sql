with

members as (

    select * from {{ ref('stg_mailchimp__members') }}

),

unsubscribes as (

    {{ raw_columns('mailchimp', 'unsubscribe') }}

),

mails as (

    select * from {{ ref('stg_mailchimp__mails') }}

),

-- Who signed up by a form has a time of sign-up; who was imported has none.
sign_ups as (

    select
        'mailchimp' as source,
        'newsletter_subscribed:' || list_member_id as source_event_id,
        list_member_id as source_record_id,
        email,
        'newsletter_subscribed' as event_name,
        opted_in_at as occurred_at,
        loaded_at,
        list_name as campaign,
        signup_ip_address as ip_address

    from members

    where
        signed_up_at is not null
        and opted_in_at is not null

),

departures as (

    select
        'mailchimp' as source,
        'email_unsubscribed:' || {{ clean_text('unsubscribes.list_id') }}
        || ':' || {{ clean_text('unsubscribes.member_id') }}
        || ':' || {{ clean_text('unsubscribes.timestamp') }} as source_event_id,
        {{ clean_text('unsubscribes.list_id') }}
        || ':' || {{ clean_text('unsubscribes.member_id') }} as source_record_id,
        'email_unsubscribed' as event_name,
        {{ safe_cast_timestamp('unsubscribes.timestamp') }} as occurred_at,
        {{ safe_cast_timestamp('unsubscribes._fivetran_synced') }} as loaded_at,
        mails.campaign,
        mails.subject as content_name

    from unsubscribes

    left join mails
        on {{ clean_text('unsubscribes.campaign_id') }} = mails.mail_id

),

events as (

    {{ as_shape('events', 'sign_ups') }}

    union all

    {{ as_shape('events', 'departures') }}

)

select * from events
