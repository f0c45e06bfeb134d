with

members as (

    select
        audience,
        contact_id

    from {{ ref('audience_members') }}

    where left_at is null

),

sizes as (

    select
        audience,
        count(*) as members

    from members

    group by audience

),

pairs as (

    select
        members.audience,
        other_members.audience as other_audience,
        count(*) as shared_members

    from members

    inner join members as other_members
        on
            members.contact_id = other_members.contact_id
            and members.audience <> other_members.audience

    group by
        members.audience,
        other_members.audience

),

audience_overlaps as (

    select
        pairs.audience,
        pairs.other_audience,
        {{ whole_number('pairs.shared_members') }} as shared_members,
        {{ rounded_ratio('pairs.shared_members', 'sizes.members', 4) }}
            as share_of_audience

    from pairs

    inner join sizes
        on pairs.audience = sizes.audience

)

select * from audience_overlaps
