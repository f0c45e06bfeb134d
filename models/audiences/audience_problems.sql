{{ config(post_hook="{{ refuse_rule_problems(this, 'seeds/policy') }}") }}

with

audiences as (

    select
        audience,
        {{ number_or_null('min_decile') }} as min_decile,
        {{ number_or_null('max_decile') }} as max_decile,
        {{ number_or_null('active_within_days') }} as active_within_days,
        {{ number_or_null('silent_for_days') }} as silent_for_days

    from {{ ref('audiences') }}

),

audience_splits as (

    select
        audience,
        arm,
        {{ number_or_null('share') }} as arm_share

    from {{ ref('audience_splits') }}

),

audience_problems as (

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('audience_cell_problems') }}

    union all

    select
        'audiences' as seed_name,
        audience as row_name,
        'audience' as column_name,
        'has ' || cast(count(*) as {{ dbt.type_string() }}) || ' rows' as problem,
        'a name of its own for every row' as allowed

    from audiences

    group by audience

    having count(*) > 1

    union all

    select distinct
        'audiences' as seed_name,
        audience as row_name,
        case when min_decile > max_decile then 'max_decile' else 'silent_for_days' end
            as column_name,
        'leaves nobody' as problem,
        'max_decile from min_decile on, silent_for_days below active_within_days'
            as allowed

    from audiences

    where
        min_decile > max_decile
        or silent_for_days >= active_within_days

    union all

    select
        'audience_splits' as seed_name,
        audience as row_name,
        'share' as column_name,
        'the shares do not add up to 1, or an arm has two rows' as problem,
        'shares of different arms that add up to 1' as allowed

    from audience_splits

    group by audience

    having
        abs(sum(arm_share) - 1) > 0.001
        or count(*) <> count(distinct arm)

)

select * from audience_problems
