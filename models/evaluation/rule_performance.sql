with

active_rules as (

    select
        rule,
        scorecard

    from {{ ref('active_event_rules') }}

    union all

    select
        rule,
        scorecard

    from {{ ref('active_field_rules') }}

),

active_scorecards as (

    select
        scorecard,
        scenario

    from {{ ref('active_scorecards') }}

),

converters as (

    select
        contact_id,
        as_of

    from {{ ref('converters') }}

),

contacts_by_date as (

    select
        contacts_at_dates.as_of,
        count(*) as contacts,
        count(converters.contact_id) as buyers

    from {{ ref('contacts_at_dates').render() }} as contacts_at_dates

    left outer join converters
        on
            contacts_at_dates.contact_id = converters.contact_id
            and contacts_at_dates.as_of = converters.as_of

    group by contacts_at_dates.as_of

),

rule_hits as (

    select
        score_points.as_of,
        score_points.rule,
        count(*) as contacts_hit,
        count(converters.contact_id) as buyers_hit,
        sum(score_points.points) as points

    from {{ ref('score_points').render() }} as score_points

    left outer join converters
        on
            score_points.contact_id = converters.contact_id
            and score_points.as_of = converters.as_of

    group by
        score_points.as_of,
        score_points.rule

),

-- A rule that nobody ever met has a row too: that is what one looks for here.
rules_by_date as (

    select
        conversion_windows.as_of,
        conversion_windows.is_complete,
        active_scorecards.scenario,
        active_rules.rule,
        contacts_by_date.contacts,
        contacts_by_date.buyers,
        coalesce(rule_hits.contacts_hit, 0) as contacts_hit,
        coalesce(rule_hits.buyers_hit, 0) as buyers_hit,
        coalesce(rule_hits.points, 0) as points

    from {{ ref('conversion_windows').render() }} as conversion_windows

    cross join active_rules

    inner join active_scorecards
        on active_rules.scorecard = active_scorecards.scorecard

    inner join contacts_by_date
        on conversion_windows.as_of = contacts_by_date.as_of

    left outer join rule_hits
        on
            active_rules.rule = rule_hits.rule
            and conversion_windows.as_of = rule_hits.as_of

),

rule_performance as (

    select
        as_of,
        scenario,
        rule,
        is_complete,
        {{ whole_number('contacts') }} as contacts,
        {{ whole_number('contacts_hit') }} as contacts_hit,
        {{ rounded_ratio('contacts_hit', 'contacts', 6) }} as share_hit,
        cast(points as numeric(18, 2)) as points,
        {{ whole_number('buyers_hit') }} as buyers_hit,
        {{ rounded_ratio('buyers_hit', 'contacts_hit', 6) }} as conversion_rate_hit,
        {{ rounded_ratio('buyers - buyers_hit', 'contacts - contacts_hit', 6) }}
            as conversion_rate_others,
        {{ rounded_ratio(
            'buyers_hit', '(1.0 * contacts_hit) * buyers / contacts', 2
        ) }} as lift

    from rules_by_date

)

select * from rule_performance
