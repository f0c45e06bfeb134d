-- A name that the catalogue does not know would make every rate 0 without a word.
with

conversion_events as (

    {% for event_name in var('conversion_events', none) or [] -%}
        select '{{ event_name }}' as event_name
        {{ 'union all' if not loop.last }}
    {% else -%}
        select
            event_name

        from {{ ref('event_catalog') }}

        where 1 = 0
    {%- endfor %}

),

event_catalog as (

    select event_name from {{ ref('event_catalog') }}

)

select conversion_events.event_name

from conversion_events

left join event_catalog
    on conversion_events.event_name = event_catalog.event_name

where event_catalog.event_name is null
