with

campaigns as (

    {{ raw_columns('mailchimp', 'campaign') }}

),

automations as (

    {{ raw_columns('mailchimp', 'automation') }}

),

automation_emails as (

    {{ raw_columns('mailchimp', 'automation_email') }}

),

mails as (

    select
        {{ clean_text('id') }} as mail_id,
        {{ clean_text('list_id') }} as list_id,
        {{ clean_text('title') }} as campaign,
        {{ clean_text('subject_line') }} as subject,
        {{ safe_cast_timestamp('send_time') }} as sent_at

    from campaigns

    union all

    -- A mail of an automation goes to each person at another time.
    select
        {{ clean_text('automation_emails.id') }} as mail_id,
        {{ clean_text('automations.list_id') }} as list_id,
        {{ clean_text('automation_emails.title') }} as campaign,
        {{ clean_text('automation_emails.subject_line') }} as subject,
        cast(null as {{ dbt.type_timestamp() }}) as sent_at

    from automation_emails

    left join automations
        on
            {{ clean_text('automation_emails.automation_id') }}
            = {{ clean_text('automations.id') }}

)

select * from mails
