with

decile_conversions as (

    select
        as_of,
        scenario,
        decile,
        window_end,
        contacts,
        converters

    from {{ ref('decile_conversions') }}

),

last_load as (

    select max(loaded_at) as last_loaded_at

    from {{ ref('contact_events') }}

),

deciles_beside_totals as (

    select
        decile_conversions.*,
        sum(decile_conversions.contacts) over (
            partition by decile_conversions.as_of, decile_conversions.scenario
        ) as all_contacts,
        sum(decile_conversions.converters) over (
            partition by decile_conversions.as_of, decile_conversions.scenario
        ) as all_converters

    from decile_conversions

),

decile_lift as (

    select
        deciles_beside_totals.as_of,
        deciles_beside_totals.scenario,
        deciles_beside_totals.decile,
        deciles_beside_totals.contacts,
        deciles_beside_totals.converters,
        {{ rounded_ratio('converters', 'contacts', 6) }} as conversion_rate,
        {{ rounded_ratio('all_converters', 'all_contacts', 6) }} as base_rate,
        {{ rounded_ratio(
            'converters', '(1.0 * contacts) * all_converters / all_contacts', 2
        ) }} as lift,
        cast(
            coalesce(
                least(10, {{ rounded_ratio('all_contacts', 'all_converters', 2) }}), 10
            ) as numeric(18, 2)
        ) as lift_ceiling,
        {{ rounded_ratio('converters', 'all_converters', 6) }} as share_of_converters,

        -- Until the window is over and loaded, the counts only grow.
        coalesce(deciles_beside_totals.window_end <= last_load.last_loaded_at, false)
            as is_complete

    from deciles_beside_totals

    cross join last_load

)

select * from decile_lift
