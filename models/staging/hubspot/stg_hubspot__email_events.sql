with

email_events as (

    {{ raw_columns('hubspot', 'email_event') }}

),

clicks as (

    {{ raw_columns('hubspot', 'email_event_click') }}

),

opens as (

    {{ raw_columns('hubspot', 'email_event_open') }}

),

status_changes as (

    {{ raw_columns('hubspot', 'email_event_status_change') }}

),

campaigns as (

    {{ raw_columns('hubspot', 'email_campaign') }}

),

email_events_with_details as (

    select
        'hubspot' as source,
        email_events.id as source_event_id,
        {{ clean_text('email_events.recipient') }} as email,

        case upper(email_events.type)
            when 'OPEN'
                then case
                    when lower(trim(campaigns.name)) like 'promotion%'
                        then 'promotion_opened'
                    else 'email_opened'
                end
            when 'CLICK' then 'email_clicked'
            when 'BOUNCE' then 'email_bounced'
            when 'SPAMREPORT' then 'email_spam_reported'
            when 'STATUSCHANGE'
                then case upper(status_changes.portal_subscription_status)
                    when 'UNSUBSCRIBED' then 'email_unsubscribed'
                    when 'SUBSCRIBED' then 'newsletter_subscribed'
                    else 'email_statuschange'
                end
            -- email_sent and email_delivered. HubSpot's own steps, such as
            -- email_processed, are left for the catalogue to know or not.
            else 'email_' || lower(email_events.type)
        end as event_name,

        {{ safe_cast_timestamp('email_events.created') }} as occurred_at,
        {{ safe_cast_timestamp('email_events._fivetran_synced') }} as loaded_at,
        {{ clean_text('clicks.url') }} as link_url,
        {{ clean_text('campaigns.subject') }} as content_name,
        {{ clean_text('campaigns.name') }} as campaign,

        -- HubSpot counts how long a mail stayed open in milliseconds.
        {{ safe_cast_numeric('opens.duration') }} / 1000 as duration_seconds,
        coalesce(
            {{ clean_text('clicks.user_agent') }}, {{ clean_text('opens.user_agent') }}
        ) as user_agent,
        coalesce(
            {{ clean_text('clicks.ip_address') }}, {{ clean_text('opens.ip_address') }}
        ) as ip_address

    from email_events

    left join clicks
        on email_events.id = clicks.id

    left join opens
        on email_events.id = opens.id

    left join status_changes
        on email_events.id = status_changes.id

    left join campaigns
        on
            {{ text_id('email_events.email_campaign_id') }}
            = {{ text_id('campaigns.id') }}

),

events as (

    {{ as_shape('events', 'email_events_with_details') }}

)

select * from events
