{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook="{{ refuse_earlier_as_of('issued_at') }}"
) }}

with

candidates as (

    select * from {{ ref('offer_candidates') }}

    {% if is_incremental() -%}
        where offer_id not in (select remembered.offer_id from {{ this }} as remembered)
    {%- endif %}

),

-- Whose code it is when two come to the same one, the earlier attempt decides.
codes as (

    select
        offer_id,
        attempt,
        code,
        row_number() over (
            partition by code
            order by attempt, offer_id
        ) as claim

    from {{ ref('offer_codes') }}

    {% if is_incremental() -%}
        where code not in (select remembered.code from {{ this }} as remembered)
    {%- endif %}

),

codes_of_offers as (

    select
        offer_id,
        code,
        row_number() over (
            partition by offer_id
            order by attempt
        ) as preference

    from codes

    where claim = 1

),

offers as (

    select
        candidates.offer_id,
        candidates.offer,
        candidates.label,
        candidates.contact_id,
        codes_of_offers.code,
        candidates.discount,
        candidates.issued_at,
        candidates.expires_at

    from candidates

    inner join codes_of_offers
        on
            candidates.offer_id = codes_of_offers.offer_id
            and codes_of_offers.preference = 1

)

select * from offers
