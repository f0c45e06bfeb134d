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

conversion_windows as (

    select
        as_of,
        is_complete

    from {{ ref('conversion_windows') }}

),

converters as (

    select
        contact_id,
        as_of

    from {{ ref('converters') }}

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
