with

moves as (

    select
        left_contact_id,
        contact_id,
        moved_at

    from {{ ref('contact_moves') }}

    where cause = 'split'

),

splits as (

    select
        left_contact_id as contact_id,
        contact_id as new_contact_id,
        moved_at as split_at,
        count(*) as records_moved

    from moves

    group by left_contact_id, contact_id, moved_at

)

select * from splits
