{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
    pre_hook="{{ refuse_earlier_as_of('based_at') }}"
) }}

with

score_thresholds as (

    select
        scenario,
        measure,
        score,
        rules_version,
        min_points

    from {{ ref('score_thresholds') }}

),

bases as (

    {% if is_incremental() -%}
        select distinct
            scenario,
            measure,
            base_number,
            rules_version

        from {{ this }}
    {%- else -%}
        select
            scenario,
            measure,
            0 as base_number,
            rules_version

        from score_thresholds

        where 1 = 0
    {%- endif %}

),

bases_latest_first as (

    select
        bases.*,
        row_number() over (
            partition by bases.scenario, bases.measure
            order by bases.base_number desc
        ) as recency_place

    from bases

),

-- The scale stays when contacts come and go: it moves with the rules, or on command.
score_scale as (

    select
        score_thresholds.scenario,
        score_thresholds.measure,
        {{ whole_number('coalesce(bases_latest_first.base_number, 0) + 1') }}
            as base_number,
        score_thresholds.score,
        score_thresholds.min_points,
        score_thresholds.rules_version,
        {{ as_of() }} as based_at,
        case
            when bases_latest_first.rules_version is null then 'first'
            when bases_latest_first.rules_version <> score_thresholds.rules_version
                then 'rules'
            else 'command'
        end as cause

    from score_thresholds

    left outer join bases_latest_first
        on
            score_thresholds.scenario = bases_latest_first.scenario
            and score_thresholds.measure = bases_latest_first.measure
            and bases_latest_first.recency_place = 1

    where
        bases_latest_first.rules_version is null
        or bases_latest_first.rules_version <> score_thresholds.rules_version
        or {{ rebased_on_command('score_thresholds.scenario') }}

)

select * from score_scale
