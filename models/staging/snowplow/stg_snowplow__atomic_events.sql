with

events as (

    {{ raw_columns('snowplow', 'events') }}

),

events_cleaned as (

    select
        event_id,
        lower({{ clean_text('coalesce(event_name, event)') }}) as tracked_name,

        -- Many sites hand the tracker an address as their user id.
        coalesce(
            {{ clean_text('email') }},
            case
                when {{ clean_text('user_id') }} like '%@%'
                    then {{ clean_text('user_id') }}
            end
        ) as email,
        case
            when {{ clean_text('user_id') }} not like '%@%'
                then {{ clean_text('user_id') }}
        end as external_id,

        -- A collector that sets no cookie writes zeros, the same for all.
        coalesce(
            {{ clean_text('domain_userid') }},
            nullif(
                {{ clean_text('network_userid') }},
                '00000000-0000-0000-0000-000000000000'
            )
        ) as anonymous_id,
        domain_sessionid as session_id,
        coalesce(
            {{ safe_cast_timestamp('derived_tstamp') }},
            {{ safe_cast_timestamp('collector_tstamp') }}
        ) as occurred_at,
        coalesce(
            {{ safe_cast_timestamp('load_tstamp') }},
            {{ safe_cast_timestamp('etl_tstamp') }},
            {{ safe_cast_timestamp('collector_tstamp') }}
        ) as loaded_at,
        page_urlpath as page_path,
        page_title,
        mkt_campaign as campaign,
        lower({{ clean_text('se_action') }}) as struct_action,
        {{ clean_text('se_label') }} as struct_label,
        coalesce({{ clean_text('tr_orderid') }}, {{ clean_text('ti_orderid') }})
            as order_id,
        {{ safe_cast_numeric('tr_total') }} as amount,
        coalesce({{ clean_text('tr_currency') }}, {{ clean_text('ti_currency') }})
            as currency,
        {{ clean_text('ti_sku') }} as product_id,
        {{ clean_text('ti_name') }} as product_name,
        {{ clean_text('ti_category') }} as product_category,
        {{ safe_cast_numeric('ti_price') }} as unit_price,
        {{ safe_cast_numeric('ti_quantity') }} as quantity,
        useragent as user_agent,
        user_ipaddress as ip_address

    from events

    -- Pings come every few seconds and tell how long a page was open: to know it would
    -- take the largest table grouped anew in every run.
    where coalesce(event_name, event, '') <> 'page_ping'

)

select * from events_cleaned
