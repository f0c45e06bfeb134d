{%- set window_end = dbt.dateadd(
    'day', var('conversion_window_days'), 'scoring_dates.as_of'
) -%}

with

contact_scores as (

    select
        contact_id,
        as_of,
        scenario,
        points,
        decile

    from {{ ref('contact_scores') }}

),

conversions as (

    select
        contact_id,
        occurred_at

    from {{ ref('conversions') }}

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

    from {{ ref('scoring_dates') }} as scoring_dates

    cross join last_load

),

-- Only what came after the score tells whether the score was right.
converters as (

    select distinct
        conversions.contact_id,
        conversion_windows.as_of

    from conversions

    inner join conversion_windows
        on
            conversions.occurred_at > conversion_windows.as_of
            and conversions.occurred_at <= conversion_windows.window_end

),

points_conversions as (

    select
        contact_scores.as_of,
        contact_scores.scenario,
        contact_scores.points,
        contact_scores.decile,
        {{ whole_number('count(*)') }} as contacts,
        {{ whole_number('count(converters.contact_id)') }} as converters,
        conversion_windows.is_complete

    from contact_scores

    inner join conversion_windows
        on contact_scores.as_of = conversion_windows.as_of

    left outer join converters
        on
            contact_scores.contact_id = converters.contact_id
            and contact_scores.as_of = converters.as_of

    group by
        contact_scores.as_of,
        contact_scores.scenario,
        contact_scores.points,
        contact_scores.decile,
        conversion_windows.is_complete

)

select * from points_conversions
