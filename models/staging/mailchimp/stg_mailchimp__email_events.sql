with

recipients as (

    {{ raw_columns('mailchimp', 'campaign_recipient') }}

),

campaign_activities as (

    {{ raw_columns('mailchimp', 'campaign_recipient_activity') }}

),

automation_activities as (

    {{ raw_columns('mailchimp', 'automation_recipient_activity') }}

),

mails as (

    select * from {{ ref('stg_mailchimp__mails') }}

),

-- That somebody was sent a campaign has no time of its own: the campaign's stands in.
steps as (

    select
        'sent' as step,
        {{ clean_text('recipients.campaign_id') }} as mail_id,
        {{ clean_text('recipients.list_id') }} as list_id,
        {{ clean_text('recipients.member_id') }} as member_id,
        mails.sent_at as occurred_at,
        {{ safe_cast_timestamp('recipients._fivetran_synced') }} as loaded_at,
        cast(null as {{ dbt.type_string() }}) as link_url,
        cast(null as {{ dbt.type_string() }}) as ip_address

    from recipients

    left join mails
        on {{ clean_text('recipients.campaign_id') }} = mails.mail_id

    union all

    select
        lower({{ clean_text('campaign_activities.action') }}) as step,
        {{ clean_text('campaign_activities.campaign_id') }} as mail_id,
        {{ clean_text('campaign_activities.list_id') }} as list_id,
        {{ clean_text('campaign_activities.member_id') }} as member_id,
        {{ safe_cast_timestamp('campaign_activities.timestamp') }} as occurred_at,
        {{ safe_cast_timestamp('campaign_activities._fivetran_synced') }} as loaded_at,
        {{ clean_text('campaign_activities.url') }} as link_url,
        {{ clean_text('campaign_activities.ip') }} as ip_address

    from campaign_activities

    -- A soft bounce is tried again.
    where coalesce({{ clean_text('campaign_activities.bounce_type') }}, '') <> 'soft'

    union all

    select
        lower({{ clean_text('automation_activities.action') }}) as step,
        {{ clean_text('automation_activities.automation_email_id') }} as mail_id,
        {{ clean_text('automation_activities.list_id') }} as list_id,
        {{ clean_text('automation_activities.member_id') }} as member_id,
        {{ safe_cast_timestamp('automation_activities.timestamp') }} as occurred_at,
        {{ safe_cast_timestamp('automation_activities._fivetran_synced') }}
            as loaded_at,
        {{ clean_text('automation_activities.url') }} as link_url,
        {{ clean_text('automation_activities.ip') }} as ip_address

    from automation_activities

    where coalesce({{ clean_text('automation_activities.bounce_type') }}, '') <> 'soft'

),

steps_with_mail as (

    select
        'mailchimp' as source,
        'email_' || steps.step || ':' || steps.mail_id || ':' || steps.member_id
        || coalesce(':' || cast(steps.occurred_at as {{ dbt.type_string() }}), '')
            as source_event_id,
        coalesce(steps.list_id, mails.list_id) || ':' || steps.member_id
            as source_record_id,

        case steps.step
            when 'open'
                then case
                    when lower(mails.campaign) like 'promotion%' then 'promotion_opened'
                    else 'email_opened'
                end
            when 'click' then 'email_clicked'
            when 'bounce' then 'email_bounced'
            else 'email_' || steps.step
        end as event_name,

        steps.occurred_at,
        steps.loaded_at,
        steps.link_url,
        mails.subject as content_name,
        mails.campaign,
        steps.ip_address

    from steps

    left join mails
        on steps.mail_id = mails.mail_id

),

events as (

    {{ as_shape('events', 'steps_with_mail') }}

)

select * from events
