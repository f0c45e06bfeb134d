-- A code is issued when the one before is used or has expired, and not earlier.
with

offers_in_order as (

    select
        contact_id,
        offer_id,
        issued_at,
        lag(least(expires_at, coalesce(redeemed_at, expires_at))) over (
            partition by contact_id
            order by issued_at, offer_id
        ) as ended_before

    from {{ ref('offer_states') }}

)

select * from offers_in_order

where issued_at < ended_before
