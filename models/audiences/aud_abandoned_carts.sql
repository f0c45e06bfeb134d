with

scored_events as (

    select
        contact_id,
        event_name,
        occurred_at

    from {{ ref('scored_events') }}

    where
        occurred_at <= {{ as_of() }}
        and event_name in (
            'cart_item_added', 'cart_item_removed', 'checkout_abandoned',
            'order_completed', 'deal_won'
        )

),

last_orders as (

    select
        contact_id,
        max(occurred_at) as ordered_at

    from scored_events

    where event_name in ('order_completed', 'deal_won')

    group by contact_id

),

carts_since_order as (

    select
        scored_events.contact_id,
        max(scored_events.occurred_at) as touched_at,
        {{ count_when("scored_events.event_name = 'cart_item_added'") }}
        - {{ count_when("scored_events.event_name = 'cart_item_removed'") }}
            as articles,
        {{ count_when("scored_events.event_name = 'checkout_abandoned'") }}
            as checkouts

    from scored_events

    left outer join last_orders
        on scored_events.contact_id = last_orders.contact_id

    where
        last_orders.contact_id is null
        or scored_events.occurred_at > last_orders.ordered_at

    group by scored_events.contact_id

),

-- An hour is left to finish the order; after a month a reminder is no help any more.
aud_abandoned_carts as (

    select
        contact_id,
        case
            when articles > 0
                then
                    'articles in the cart: '
                    || cast(articles as {{ dbt.type_string() }})
            else 'left a checkout'
        end as reason

    from carts_since_order

    where
        (articles > 0 or checkouts > 0)
        and {{ days_between('touched_at', as_of()) }} * 24 >= 1
        and {{ days_between('touched_at', as_of()) }} < 30

)

select * from aud_abandoned_carts
