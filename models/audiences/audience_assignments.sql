with

audience_candidates as (

    select
        audience,
        contact_id,
        reason

    from {{ ref('audience_candidates') }}

),

rules as (

    select * from {{ ref('audience_rules') }}

),

audience_arms as (

    select * from {{ ref('audience_arms') }}

),

audiences_with_arms as (select distinct audience from audience_arms),

audience_rules as (

    select
        rules.*,
        audiences_with_arms.audience is not null as has_arms,
        count(*) over (partition by rules.exclusive_group) > 1 as has_rivals,
        row_number() over (
            partition by rules.exclusive_group
            order by coalesce(rules.priority, 1000000), rules.audience
        ) as place_in_group

    from rules

    left outer join audiences_with_arms
        on rules.audience = audiences_with_arms.audience

),

-- To number all the candidates costs more than all the rest.
places_taken as (

    select
        audience_candidates.contact_id,
        audience_rules.exclusive_group,
        min(audience_rules.place_in_group) as place_in_group

    from audience_candidates

    inner join audience_rules
        on audience_candidates.audience = audience_rules.audience

    where audience_rules.has_rivals

    group by audience_candidates.contact_id, audience_rules.exclusive_group

),

-- A digest is made only where something is drawn by it.
candidates_placed as (

    select
        audience_candidates.*,
        audience_rules.holdout_share,
        case
            when audience_rules.holdout_share > 0
                then {{ dbt.hash(
                    "audience_candidates.contact_id || ' '"
                    ~ " || audience_rules.holdout_salt"
                ) }}
        end as holdout_digest,
        case
            when audience_rules.has_arms
                then {{ dbt.hash(
                    "audience_candidates.contact_id || ' arm '"
                    ~ " || audience_rules.audience"
                ) }}
        end as arm_digest

    from audience_candidates

    inner join audience_rules
        on audience_candidates.audience = audience_rules.audience

    left outer join places_taken
        on
            audience_candidates.contact_id = places_taken.contact_id
            and audience_rules.exclusive_group = places_taken.exclusive_group

    where
        not audience_rules.has_rivals
        or audience_rules.place_in_group = places_taken.place_in_group

),

candidates_drawn as (

    select
        audience,
        contact_id,
        reason,
        coalesce(
            {{ share_drawn('holdout_digest') }} < holdout_share * 65536, false
        ) as is_holdout,
        {{ share_drawn('arm_digest') }} as arm_drawn

    from candidates_placed

),

-- Who is held out gets no message, so is of no arm.
audience_assignments as (

    select
        candidates_drawn.audience,
        candidates_drawn.contact_id,
        candidates_drawn.reason,
        audience_arms.arm,
        candidates_drawn.is_holdout

    from candidates_drawn

    left outer join audience_arms
        on
            candidates_drawn.audience = audience_arms.audience
            and not candidates_drawn.is_holdout
            and candidates_drawn.arm_drawn >= audience_arms.from_share * 65536
            and candidates_drawn.arm_drawn < audience_arms.to_share * 65536

)

select * from audience_assignments
