{%- set window_end = dbt.dateadd(
    'day', var('conversion_window_days'), 'scoring_dates.as_of'
) -%}

with

scoring_dates as (

    select as_of

    from {{ ref('scoring_dates') }}

),

last_load as (

    select max(loaded_at) as last_loaded_at

    from {{ ref('contact_events') }}

),

conversion_windows as (

    select
        scoring_dates.as_of,
        {{ window_end }} as window_end,

        -- Until the window is over and loaded, the counts only grow.
        coalesce(last_load.last_loaded_at >= {{ window_end }}, false) as is_complete

    from scoring_dates

    cross join last_load

)

select * from conversion_windows
