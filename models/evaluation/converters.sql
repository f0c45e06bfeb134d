with

conversions as (

    select
        contact_id,
        occurred_at

    from {{ ref('conversions') }}

),

conversion_windows as (

    select
        as_of,
        window_end

    from {{ ref('conversion_windows') }}

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

)

select * from converters
