with

persons as (

    select * from {{ ref('stg_pipedrive__persons') }}

),

decisions as (

    select
        'pipedrive' as source,
        person_id as source_record_id,
        email,
        'email_marketing' as purpose,

        -- no_consent means never asked, archived that mails could not be delivered.
        case marketing_status
            when 'subscribed' then 'granted'
            when 'unsubscribed' then 'denied'
        end as status,

        -- Pipedrive keeps no time of the decision itself.
        coalesce(updated_at, created_at, loaded_at) as changed_at,
        loaded_at

    from persons

),

decisions_made as (

    select * from decisions

    where status is not null

),

consents as (

    {{ as_shape('consents', 'decisions_made') }}

)

select * from consents
