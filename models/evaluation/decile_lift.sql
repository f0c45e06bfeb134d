with

points_conversions as (

    select
        as_of,
        scenario,
        decile,
        contacts,
        converters,
        is_complete

    from {{ ref('points_conversions') }}

),

decile_conversions as (

    select
        as_of,
        scenario,
        decile,
        is_complete,
        {{ whole_number('sum(contacts)') }} as contacts,
        {{ whole_number('sum(converters)') }} as converters

    from points_conversions

    group by
        as_of,
        scenario,
        decile,
        is_complete

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
        as_of,
        scenario,
        decile,
        contacts,
        converters,
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
        is_complete

    from deciles_beside_totals

)

select * from decile_lift
