with

contacts_at_dates as (

    select
        contact_id,
        as_of

    from {{ ref('contacts_at_dates') }}

),

scenarios as (

    select scenario

    from {{ ref('scenarios') }}

    where is_active = 'true'

),

scenario_sums as (

    select
        contact_id,
        as_of,
        scenario,
        disqualified_reason,
        fit_points,
        engagement_points,
        points

    from {{ ref('scenario_sums') }}

),

-- A contact without a single point is scored too: it has a place among the others.
contacts_by_scenario as (

    select
        contacts_at_dates.contact_id,
        contacts_at_dates.as_of,
        scenarios.scenario

    from contacts_at_dates

    cross join scenarios

),

scenario_points as (

    select
        contacts_by_scenario.contact_id,
        contacts_by_scenario.as_of,
        contacts_by_scenario.scenario,
        scenario_sums.disqualified_reason,
        cast(coalesce(scenario_sums.fit_points, 0) as numeric(18, 2)) as fit_points,
        cast(coalesce(scenario_sums.engagement_points, 0) as numeric(18, 2))
            as engagement_points,
        cast(coalesce(scenario_sums.points, 0) as numeric(18, 2)) as points

    from contacts_by_scenario

    left outer join scenario_sums
        on
            contacts_by_scenario.contact_id = scenario_sums.contact_id
            and contacts_by_scenario.as_of = scenario_sums.as_of
            and contacts_by_scenario.scenario = scenario_sums.scenario

)

select * from scenario_points
