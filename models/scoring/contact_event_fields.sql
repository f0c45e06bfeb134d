{%- set is_purchase = "event_name in ('order_completed', 'deal_won')" -%}
{%- set is_cart_add = "event_name = 'cart_item_added'" -%}
{%- set is_cart_removal = "event_name = 'cart_item_removed'" -%}
{%- set is_order = "event_name = 'order_completed'" -%}
{%- set is_mail = "event_name = 'email_delivered'" -%}
{%- set is_opened
    = "event_name in ('email_opened', 'email_clicked', 'opened_by_proxy')" -%}
{%- set is_pricing = "page_path like '/pricing%'" -%}
{%- set is_offer = "event_name = 'promotion_opened' or page_path like '/offer%'" -%}
{%- set is_cart_reminder = is_mail
    ~ " and (lower(campaign) like '%cart%' or lower(content_name) like '%cart%')" -%}
{%- set properties = event_properties()['text'] + event_properties()['number'] -%}

-- depends_on: {{ ref('computed_fields') }}
with

events as (

    select * from {{ ref('field_events') }}

),

scoring_dates as (

    select as_of

    from {{ ref('scoring_dates') }}

),

events_until_date as (

    select
        events.contact_id,
        scoring_dates.as_of,
        events.event_id,
        events.event_name,
        events.occurred_at,
        events.is_activity,
        {{ columns_of('events', properties) }},
        {{ days_between('events.occurred_at', 'scoring_dates.as_of') }} as age_days,
        0 as is_scored

    from events

    inner join scoring_dates
        on events.occurred_at <= scoring_dates.as_of

    union all

    -- One row for each contact to be scored, so that a count without events is 0.
    select
        contact_id,
        as_of,
        null as event_id,
        null as event_name,
        null as occurred_at,
        null as is_activity,
        {% for property in properties -%}
            null as {{ property }},
        {% endfor -%}
        null as age_days,
        1 as is_scored

    from {{ ref('contacts_at_dates') }}

),

-- A new field is one line here. An event of exactly a day ago has age_days 1.
contact_event_fields as (

    select
        contact_id,
        as_of,
        {{ days_since('is_activity') }} as days_since_last_activity,
        {{ count_of(is_purchase) }} > 0 as has_purchased,
        {{ count_of(is_purchase, 365) }} as purchases_365d,
        {{ count_of("page_path like '/careers%'", 90) }} as careers_views_90d,
        {{ count_of(is_pricing, 30) }} as pricing_views_30d,
        {{ share_of(is_pricing, "event_name = 'page_viewed'", 90) }}
            as pricing_share_90d,

        -- The last look at prices, if an offer of the last 14 days came before it.
        case
            when
                min(case when {{ is_pricing }} then age_days end)
                < max(case when {{ in_window(is_offer, 14) }} then age_days end)
                then {{ days_since(is_pricing) }}
        end as days_since_offer_then_pricing,
        {{ count_of("page_path like '/careers%' and event_name = 'form_submitted'") }}
            as job_applications,
        {{ count_of(shows_interest(), 90) }} as interest_90d,
        cast(max(case when age_days < 180 then unit_price end) as numeric(18, 2))
            as highest_price_180d,
        {{ distinct_days('is_activity', 7) }} as active_days_7,
        {{ distinct_days('is_activity', 30) }} as active_days_30,
        {{ streak(is_cart_add, is_order) }} - {{ streak(is_cart_removal, is_order) }}
            as cart_items_open,
        {{ streak(in_window(is_cart_reminder, 30), is_order) }} as cart_reminders_30d,
        {% for field in computed_fields() -%}
            {{ computed_field(field) }} as {{ quoted(field.field) }},
        {% endfor -%}
        {{ streak(is_mail, is_opened) }} as unopened_emails_in_a_row

    from events_until_date

    group by contact_id, as_of

    having max(is_scored) = 1

)

select * from contact_event_fields
