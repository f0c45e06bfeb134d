-- Each contact is in an audience once at a time, in one of a group, and permits what it
-- is for.
with

audience_rules as (

    select
        audience,
        exclusive_group,
        purpose

    from {{ ref('audience_rules') }}

),

audience_members as (

    select
        audience,
        contact_id

    from {{ ref('audience_members') }}

    where left_at is null

),

members as (

    select
        audience_members.contact_id,
        audience_rules.exclusive_group,
        audience_rules.purpose

    from audience_members

    inner join audience_rules
        on audience_members.audience = audience_rules.audience

),

permissions as (

    select
        contact_id,
        purpose

    from {{ ref('contact_permissions') }}

    where is_allowed

),

members_judged as (

    select
        members.contact_id,
        count(*) over (
            partition by members.exclusive_group, members.contact_id
        ) as memberships,
        members.purpose is null or permissions.contact_id is not null as is_permitted

    from members

    left outer join permissions
        on
            members.contact_id = permissions.contact_id
            and members.purpose = permissions.purpose

),

violations as (

    select * from members_judged

    where
        memberships > 1
        or not is_permitted

)

select * from violations
