with

list_members as (

    select
        *,
        max(case when status = 'unsubscribed' then 1 else 0 end) over (
            partition by contact_id
        ) as lists_left

    from {{ ref('stg_activecampaign__list_members') }}

),

decisions as (

    select
        contact_id,
        'denied' as status,
        unsubscribed_at as changed_at,
        loaded_at

    from list_members

    where status = 'unsubscribed'

    union all

    -- Who left one list is not won back by an import into another: only by a form.
    select
        contact_id,
        'granted' as status,
        subscribed_at as changed_at,
        loaded_at

    from list_members

    where status = 'subscribed' and (came_by_form or lists_left = 0)

),

decisions_of_contacts as (

    select
        'activecampaign' as source,
        contact_id as source_record_id,
        'email_marketing' as purpose,
        status,
        changed_at,
        loaded_at

    from decisions

),

consents as (

    {{ as_shape('consents', 'decisions_of_contacts') }}

)

select * from consents
