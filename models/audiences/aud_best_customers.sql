with

scored_events as (

    select
        contact_id,
        amount

    from {{ ref('scored_events') }}

    where
        event_name in ('order_completed', 'deal_won')
        and occurred_at <= {{ as_of() }}
        and {{ days_between('occurred_at', as_of()) }} < 365

),

customers as (

    select
        contact_id,
        sum(amount) as spent

    from scored_events

    group by contact_id

    having sum(amount) > 0

),

customers_ranked as (

    select
        contact_id,
        spent,
        rank() over (order by spent desc) - 1 as better_customers,
        count(*) over () as customers

    from customers

),

-- The best fifth; who spent the same is in, or out, together.
aud_best_customers as (

    select
        contact_id,
        'spent ' || cast(cast(spent as numeric(18, 2)) as {{ dbt.type_string() }})
        || ' in a year' as reason

    from customers_ranked

    where better_customers * 5 < customers

)

select * from aud_best_customers
