with

contact_scores as (

    select
        contact_id,
        as_of,
        scenario,
        decile

    from {{ ref('contact_scores') }}

),

conversions as (

    select
        contact_id,
        occurred_at

    from {{ ref('conversions') }}

),

conversion_windows as (

    select
        as_of,
        {{ dbt.dateadd('day', var('conversion_window_days'), 'as_of') }} as window_end

    from {{ ref('scoring_dates') }}

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

contacts_by_decile as (

    select
        contact_scores.as_of,
        contact_scores.scenario,
        contact_scores.decile,
        {{ whole_number('count(*)') }} as contacts,
        {{ whole_number('count(converters.contact_id)') }} as converters

    from contact_scores

    left outer join converters
        on
            contact_scores.contact_id = converters.contact_id
            and contact_scores.as_of = converters.as_of

    group by
        contact_scores.as_of,
        contact_scores.scenario,
        contact_scores.decile

),

decile_conversions as (

    select
        contacts_by_decile.as_of,
        contacts_by_decile.scenario,
        contacts_by_decile.decile,
        conversion_windows.window_end,
        contacts_by_decile.contacts,
        contacts_by_decile.converters

    from contacts_by_decile

    inner join conversion_windows
        on contacts_by_decile.as_of = conversion_windows.as_of

)

select * from decile_conversions
