with

remembered as (

    {{ rows_so_far('offers', [
        ('offer_id', dbt.type_string()),
        ('contact_id', dbt.type_string()),
        ('code', dbt.type_string()),
        ('expires_at', dbt.type_timestamp())
    ]) }}

),

offer_orders as (

    select
        code,
        redeemed_at

    from {{ ref('offer_orders') }}

),

-- Who was given a code and merged into a contact gave it on.
successors as (

    select * from {{ ref('contact_successors') }}

),

-- A code is over when it was used, or when its time is up.
offers_so_far as (

    select
        coalesce(successors.current_contact_id, remembered.contact_id) as contact_id,
        {{ whole_number('count(*)') }} as offers,
        max(least(
            remembered.expires_at,
            coalesce(offer_orders.redeemed_at, remembered.expires_at)
        )) as last_ended_at

    from remembered

    left join offer_orders
        on remembered.code = offer_orders.code

    left join successors
        on remembered.contact_id = successors.contact_id

    group by coalesce(successors.current_contact_id, remembered.contact_id)

)

select * from offers_so_far
