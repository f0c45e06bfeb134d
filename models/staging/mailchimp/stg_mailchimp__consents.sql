with

members as (

    select
        *,
        max(case when subscription_status = 'unsubscribed' then 1 else 0 end) over (
            partition by lower(email)
        ) as lists_left

    from {{ ref('stg_mailchimp__members') }}

),

departures as (

    select
        source_record_id,
        occurred_at,
        loaded_at

    from {{ ref('stg_mailchimp__subscription_events') }}

    where event_name = 'email_unsubscribed'

),

last_departures as (

    select
        source_record_id,
        max(occurred_at) as departed_at

    from departures

    group by source_record_id

),

decisions as (

    -- Pending, cleaned and transactional addresses have not agreed to anything, and who
    -- left one list is not won back by an import into another: only by a form.
    select
        list_member_id as source_record_id,
        email,
        'granted' as status,
        opted_in_at as changed_at,
        loaded_at

    from members

    where
        (
            subscription_status = 'subscribed'
            and (signed_up_at is not null or lists_left = 0)
        )
        or (subscription_status = 'unsubscribed' and opted_in_at is not null)

    union all

    select
        departures.source_record_id,
        members.email,
        'denied' as status,
        departures.occurred_at as changed_at,
        departures.loaded_at

    from departures

    left join members
        on departures.source_record_id = members.list_member_id

    union all

    -- Who left by another way than a mail is only marked so.
    select
        members.list_member_id as source_record_id,
        members.email,
        'denied' as status,
        coalesce(members.updated_at, members.loaded_at) as changed_at,
        members.loaded_at

    from members

    left join last_departures
        on members.list_member_id = last_departures.source_record_id

    where
        members.subscription_status = 'unsubscribed'
        and (
            last_departures.departed_at is null
            or last_departures.departed_at < members.opted_in_at
        )

),

decisions_on_email as (

    select
        'mailchimp' as source,
        source_record_id,
        email,
        'email_marketing' as purpose,
        status,
        changed_at,
        loaded_at

    from decisions

),

consents as (

    {{ as_shape('consents', 'decisions_on_email') }}

)

select * from consents
