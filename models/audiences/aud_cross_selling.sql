with

scored_events as (

    select
        contact_id,
        event_name,
        product_category,
        {{ days_between('occurred_at', as_of()) }} as age_days

    from {{ ref('scored_events') }}

    where
        occurred_at <= {{ as_of() }}
        and product_category is not null

),

bought as (

    select distinct
        contact_id,
        product_category

    from scored_events

    where event_name = 'product_purchased'

),

looked_at as (

    select
        contact_id,
        product_category,
        count(*) as looks

    from scored_events

    where
        event_name <> 'product_purchased'
        and age_days < 90

    group by
        contact_id,
        product_category

),

customers as (

    select distinct contact_id

    from bought

),

new_categories as (

    select
        looked_at.*,
        row_number() over (
            partition by looked_at.contact_id
            order by looked_at.looks desc, looked_at.product_category asc
        ) as preference

    from looked_at

    inner join customers
        on looked_at.contact_id = customers.contact_id

    left outer join bought
        on
            looked_at.contact_id = bought.contact_id
            and looked_at.product_category = bought.product_category

    where bought.contact_id is null

),

aud_cross_selling as (

    select
        contact_id,
        'looks at ' || product_category || ', bought none' as reason

    from new_categories

    where preference = 1

)

select * from aud_cross_selling
