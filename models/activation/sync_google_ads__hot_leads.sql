with

members_hashed as (

    select
        contact_id,
        {{ ad_hash('google', 'email', 'email') }} as email_hash,
        {{ ad_hash('google', 'phone', 'phone') }} as phone_hash

    from {{ ref('audience_recipients') }}

    where
        audience = 'hot_leads'
        and purpose = 'ad_targeting'

),

-- Without either there is nothing to match.
members_to_match as (

    select * from members_hashed

    where coalesce(email_hash, phone_hash) is not null

)

select * from members_to_match
