with

audience_candidates as (

    select
        audience,
        contact_id,
        reason

    from {{ ref('audience_candidates') }}

),

audience_rules as (

    select
        audience,
        holdout_share,
        holdout_salt,
        exclusive_group,
        priority

    from {{ ref('audience_rules') }}

),

audience_arms as (

    select * from {{ ref('audience_arms') }}

),

candidates_ranked as (

    select
        audience_candidates.*,
        audience_rules.holdout_share,
        {{ dbt.hash(
            "audience_candidates.contact_id || ' ' || audience_rules.holdout_salt"
        ) }} as holdout_digest,
        {{ dbt.hash(
            "audience_candidates.contact_id || ' arm ' || audience_candidates.audience"
        ) }} as arm_digest,
        row_number() over (
            partition by audience_candidates.contact_id, audience_rules.exclusive_group
            order by coalesce(audience_rules.priority, 1000000), audience_rules.audience
        ) as place_in_group

    from audience_candidates

    inner join audience_rules
        on audience_candidates.audience = audience_rules.audience

),

candidates_drawn as (

    select
        audience,
        contact_id,
        reason,
        holdout_share > 0
        and {{ share_drawn('holdout_digest') }} < holdout_share * 65536 as is_holdout,
        {{ share_drawn('arm_digest') }} as arm_drawn

    from candidates_ranked

    where place_in_group = 1

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
