{%- set counted = [
    'order_completed', 'cart_item_added', 'cart_item_removed', 'email_delivered',
    'email_opened', 'email_clicked',
] -%}

with

events as (

    select
        contact_id,
        event_name,
        occurred_at

    from {{ ref('contact_events') }}

    -- Behind a proxy nobody knows who opens: it earns no points, and it ends a run of
    -- unopened mails, so that no reader is punished for the program.
    where not is_excluded or exclusion_reason = 'privacy_proxy'

),

scoring_dates as (

    select as_of from {{ ref('scoring_dates') }}

),

events_until_date as (

    select
        events.contact_id,
        scoring_dates.as_of,
        events.event_name,
        events.occurred_at

    from events

    inner join scoring_dates
        on events.occurred_at <= scoring_dates.as_of

    where events.event_name in ({{ "'" ~ counted | join("', '") ~ "'" }})

),

-- An order empties the cart, an opened mail ends a run of unopened ones.
turning_points as (

    select
        contact_id,
        as_of,
        max(case event_name when 'order_completed' then occurred_at end) as ordered_at,
        max(case when event_name like 'email_%' then occurred_at end) as opened_at

    from events_until_date

    where event_name in ('order_completed', 'email_opened', 'email_clicked')

    group by contact_id, as_of

),

events_after_turning_points as (

    select
        events_until_date.contact_id,
        events_until_date.as_of,
        events_until_date.event_name

    from events_until_date

    left outer join turning_points
        on
            events_until_date.contact_id = turning_points.contact_id
            and events_until_date.as_of = turning_points.as_of
            and case events_until_date.event_name
                when 'email_delivered' then turning_points.opened_at
                else turning_points.ordered_at
            end >= events_until_date.occurred_at

    where turning_points.contact_id is null

),

contact_carts_and_mails as (

    select
        contact_id,
        as_of,
        {{ count_when("event_name = 'cart_item_added'") }}
        - {{ count_when("event_name = 'cart_item_removed'") }} as cart_items_open,
        {{ count_when("event_name = 'email_delivered'") }} as unopened_emails_in_a_row

    from events_after_turning_points

    where event_name in ('cart_item_added', 'cart_item_removed', 'email_delivered')

    group by contact_id, as_of

)

select * from contact_carts_and_mails
