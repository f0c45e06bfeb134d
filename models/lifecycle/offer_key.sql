{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    meta={'names_nobody': 'a key'}
) }}

with

-- The sample's key is known to everyone, so that its codes are; yours is made once.
new_key as (

    select
        {{ "'sample'" if var('demo') else random_key() }} as offer_key,
        {{ 'true' if var('demo') else 'false' }} as is_sample

),

offer_key as (

    select new_key.*

    from new_key

    {% if is_incremental() -%}
        where
            new_key.is_sample
            not in (select remembered.is_sample from {{ this }} as remembered)
    {%- endif %}

)

select * from offer_key
