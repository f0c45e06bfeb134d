{{ config(materialized='view') }}

with

rules as (

    select
        'event_rules' as seed_name,
        rule,
        scorecard,
        rule_group

    from {{ ref('event_rules') }}

    union all

    select
        'field_rules' as seed_name,
        rule,
        scorecard,
        rule_group

    from {{ ref('field_rules') }}

),

rule_groups as (

    select
        scorecard,
        rule_group

    from {{ ref('rule_groups') }}

),

-- The same name in another scorecard is another group.
group_problems as (

    select distinct
        rules.seed_name,
        coalesce(rules.rule, '(no name)') as row_name,
        'rule_group' as column_name,
        '"' || rules.rule_group || '" is no group of '
        || coalesce(rules.scorecard, 'its scorecard') as problem,
        'a rule_group that rule_groups has for this scorecard' as allowed

    from rules

    left outer join rule_groups
        on
            rules.scorecard = rule_groups.scorecard
            and rules.rule_group = rule_groups.rule_group

    where
        rules.rule_group is not null
        and rule_groups.rule_group is null

)

select * from group_problems
