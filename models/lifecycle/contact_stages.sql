with

conditions as (

    select * from {{ ref('lifecycle_conditions') }}

),

conditions_beside_values as (

    {{ conditions_beside_values('conditions', condition_fields(score_fields())) }}

),

-- All conditions of a rule hold, or the rule does not.
rules_held as (

    select
        contact_id,
        stage,
        place,
        rule,
        {{ dbt.listagg('label', "', '", 'order by label') }} as reason

    from conditions_beside_values

    where {{ condition_holds() }}

    group by
        contact_id,
        stage,
        place,
        rule

    having count(*) = max(conditions)

),

-- Any rule gives its stage; of several stages the first by place is the contact's.
stages_ranked as (

    select
        contact_id,
        stage,
        reason,
        row_number() over (
            partition by contact_id
            order by place, rule
        ) as preference

    from rules_held

),

contact_stages as (

    select
        contact_id,
        stage,
        reason

    from stages_ranked

    where preference = 1

)

select * from contact_stages
