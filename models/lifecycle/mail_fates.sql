with

-- What machines do to a mail tells as much of its address as what people do.
mail_fates as (

    select
        contact_id,
        max(case when event_name = 'email_bounced' then occurred_at end) as bounced_at,
        max(case when event_name = 'email_bounced' then source end) as bounced_source,
        max(case when event_name = 'email_spam_reported' then occurred_at end)
            as complained_at,
        max(case when event_name = 'email_spam_reported' then source end)
            as complained_source,
        max(
            case
                when event_name in ('email_delivered', 'email_opened', 'email_clicked')
                    then occurred_at
            end
        ) as arrived_at

    from {{ ref('contact_events') }}

    where
        event_name in (
            'email_bounced', 'email_spam_reported', 'email_delivered', 'email_opened',
            'email_clicked'
        )
        and occurred_at <= {{ as_of() }}

    group by contact_id

)

select * from mail_fates
