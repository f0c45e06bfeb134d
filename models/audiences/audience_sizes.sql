with

audience_rules as (

    select
        audience,
        label

    from {{ ref('audience_rules') }}

),

audience_candidates as (

    select
        audience,
        count(*) as candidates

    from {{ ref('audience_candidates') }}

    group by audience

),

audience_members as (

    select
        audience,
        is_holdout,
        entered_at,
        left_at,
        {{ days_between('entered_at', as_of()) }} < 7 as entered_lately,
        coalesce({{ days_between('left_at', as_of()) }} < 7, false) as left_lately

    from {{ ref('audience_members') }}

),

members_counted as (

    select
        audience,
        {{ count_when('left_at is null') }} as members,
        {{ count_when('left_at is null and is_holdout') }} as held_out,
        {{ count_when('entered_lately') }} as entered_7d,
        {{ count_when('left_lately') }} as left_7d

    from audience_members

    group by audience

),

audience_sizes as (

    select
        audience_rules.audience,
        audience_rules.label,
        {{ whole_number('coalesce(audience_candidates.candidates, 0)') }} as candidates,
        coalesce(members_counted.members, 0) as members,
        coalesce(members_counted.held_out, 0) as held_out,
        coalesce(members_counted.entered_7d, 0) as entered_7d,
        coalesce(members_counted.left_7d, 0) as left_7d

    from audience_rules

    left outer join audience_candidates
        on audience_rules.audience = audience_candidates.audience

    left outer join members_counted
        on audience_rules.audience = members_counted.audience

)

select * from audience_sizes
