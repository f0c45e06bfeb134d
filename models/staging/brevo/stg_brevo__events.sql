with

email_events as (

    {{ raw_columns('brevo', 'email_event') }}

),

campaign_events as (

    {{ raw_columns('brevo', 'campaign_event') }}

),

steps as (

    select
        {{ clean_text('email_events.message_id') }} as mail_id,
        lower({{ clean_text('email_events.event') }}) as step,
        {{ clean_text('email_events.email') }} as email,
        {{ safe_cast_timestamp('email_events.date') }} as occurred_at,
        {{ clean_text('email_events.subject') }} as content_name,
        {{ clean_text('email_events.tag') }} as campaign,
        {{ clean_text('email_events.link') }} as link_url,
        {{ clean_text('email_events.ip') }} as ip_address,
        email_events._dlt_load_id as load_id

    from email_events

    union all

    -- Its times in words are local: the count of seconds is UTC.
    select
        'campaign:' || {{ clean_text('campaign_events.campaign_name') }} as mail_id,
        lower({{ clean_text('campaign_events.event') }}) as step,
        {{ clean_text('campaign_events.email') }} as email,
        {{ timestamp_of_seconds('campaign_events.ts_event') }} as occurred_at,
        cast(null as {{ dbt.type_string() }}) as content_name,
        {{ clean_text('campaign_events.campaign_name') }} as campaign,
        {{ clean_text('campaign_events.url') }} as link_url,
        cast(null as {{ dbt.type_string() }}) as ip_address,
        campaign_events._dlt_load_id as load_id

    from campaign_events

    -- No mail was sent for these; the first makes a contact a deleted one.
    where
        coalesce(lower({{ clean_text('campaign_events.event') }}), '') not in (
            'contact_deleted', 'contact_updated', 'list_addition'
        )

),

-- The API, its reports and the webhooks spell the same step in different ways.
mail_steps as (

    select
        'brevo' as source,
        coalesce(mail_id, 'mail') || ':' || step || ':' || lower(email)
        || coalesce(':' || cast(occurred_at as {{ dbt.type_string() }}), '')
        || coalesce(':' || link_url, '') as source_event_id,
        email,
        case
            when step in ('sent', 'request', 'requests') then 'email_sent'
            when
                step in ('open', 'opened')
                and lower(campaign) like 'promotion%'
                then 'promotion_opened'
            when step in ('open', 'opened') then 'email_opened'
            when step in ('click', 'clicks', 'clicked') then 'email_clicked'
            when step in ('hardbounce', 'hardbounces', 'hard_bounce')
                then 'email_bounced'
            when step in ('spam', 'complaint') then 'email_spam_reported'
            when step like 'unsubscribe%' then 'email_unsubscribed'

            -- email_delivered. An open by a proxy is no person's, and stays unknown.
            else 'email_' || step
        end as event_name,
        occurred_at,
        {{ timestamp_of_seconds('load_id') }} as loaded_at,
        link_url,
        content_name,
        campaign,
        ip_address

    from steps

    -- A soft bounce is tried again.
    where coalesce(step, '') not in ('softbounce', 'softbounces', 'soft_bounce')

),

events as (

    {{ as_shape('events', 'mail_steps') }}

)

select * from events
