{{ config(materialized='view') }}

with

alert_rules as (

    select * from {{ ref('alert_rules') }}

),

offer_rules as (

    select
        offer,
        {{ number_or_null('min_score') }} as min_score,
        {{ number_or_null('max_score') }} as max_score

    from {{ ref('offer_rules') }}

),

alert_routes as (

    select * from {{ ref('alert_routes') }}

),

alerts_of_routes as (

    select
        alert_routes.channel || ' ' || alert_routes.place as row_name,
        lower(trim(pieces.piece)) as alert

    from alert_routes

    {{ split_to_rows('alert_routes.alert', '|') }}

),

action_row_problems as (

    select
        'alert_rules' as seed_name,
        alert as row_name,
        'label' as column_name,
        'is empty in every row of the alert' as problem,
        'a text in one of them, which is the reason' as allowed

    from alert_rules

    where alert is not null

    group by alert

    having max(label) is null

    union all

    select distinct
        'alert_rules' as seed_name,
        alert as row_name,
        'opening' as column_name,
        'has a blank that nothing fills' as problem,
        '{first_name}, {company}, {interest}' as allowed

    from alert_rules

    where position('{' in {{ filled_in('opening', {
        'first_name': "''", 'company': "''", 'interest': "''",
    }) }}) > 0

    union all

    select distinct
        'alert_routes' as seed_name,
        alerts_of_routes.row_name,
        'alert' as column_name,
        '"' || alerts_of_routes.alert || '" is no alert' as problem,
        'names of alert_rules, a|b|c' as allowed

    from alerts_of_routes

    left join alert_rules
        on alerts_of_routes.alert = lower(alert_rules.alert)

    where
        alert_rules.alert is null
        and alerts_of_routes.alert <> ''

    union all

    select
        'offer_rules' as seed_name,
        offer as row_name,
        'offer' as column_name,
        'has ' || cast(count(*) as {{ dbt.type_string() }}) || ' rows' as problem,
        'a name of its own for every row' as allowed

    from offer_rules

    where offer is not null

    group by offer

    having count(*) > 1

    union all

    select distinct
        'offer_rules' as seed_name,
        offer as row_name,
        'max_score' as column_name,
        'is below min_score, or above 100' as problem,
        'min_score to 100' as allowed

    from offer_rules

    where
        max_score < min_score
        or max_score > 100

)

select * from action_row_problems
