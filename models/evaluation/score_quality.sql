with

points_conversions as (

    select
        as_of,
        scenario,
        points,
        contacts,
        converters as buyers

    from {{ ref('points_conversions') }}

    -- A disqualified contact has no rank, and a window that runs on is no answer yet.
    where
        decile is not null
        and is_complete

),

-- Who has equal points stands in one row, so that nobody is compared one by one.
points_beside_totals as (

    select
        *,
        sum(contacts) over (partition by as_of, scenario) as all_contacts,
        sum(contacts) over (
            partition by as_of, scenario order by points
        ) - contacts as contacts_below,
        sum(contacts - buyers) over (
            partition by as_of, scenario order by points
        ) - (contacts - buyers) as others_below

    from points_conversions

),

-- A tenth of the contacts rarely ends where points change: who has equal points lies in
-- it in part, all of them alike. Counted in tenths of a contact, the parts are whole.
points_in_tenths as (

    select
        *,
        greatest(0, least(
            10 * contacts,
            10 * (contacts_below + contacts) - 9 * all_contacts
        )) as top_tenths,
        greatest(0, least(
            10 * contacts,
            all_contacts - 10 * contacts_below
        )) as bottom_tenths

    from points_beside_totals

),

scenario_sums as (

    select
        as_of,
        scenario,
        sum(contacts) as contacts,
        sum(buyers) as buyers,

        -- A buyer beats everyone below who bought nothing, and is level with half of
        -- those with equal points; twice that is a whole number.
        sum(buyers * (2 * others_below + contacts - buyers)) as twice_won,
        sum({{ rounded_ratio('buyers * top_tenths', 'contacts', 6) }}) as top_buyers,
        sum({{ rounded_ratio('buyers * bottom_tenths', 'contacts', 6) }})
            as bottom_buyers

    from points_in_tenths

    group by
        as_of,
        scenario

),

score_quality as (

    select
        as_of,
        scenario,
        {{ whole_number('contacts') }} as contacts,
        {{ whole_number('buyers') }} as buyers,
        {{ rounded_ratio(
            'twice_won', '(2 * buyers * (contacts - buyers))', 4
        ) }} as auc,
        {{ rounded_ratio('top_buyers', 'buyers', 2) }} as top_lift,
        {{ rounded_ratio('least(10 * buyers, contacts)', 'buyers', 2) }}
            as top_lift_ceiling,
        {{ rounded_ratio('top_buyers', 'contacts', 6) }} as top_conversion_rate,
        {{ rounded_ratio('bottom_buyers', 'contacts', 6) }} as bottom_conversion_rate

    from scenario_sums

)

select * from score_quality
