with

touched_identifiers as (

    select identifier_hash

    from {{ ref('touched_identifiers') }}

),

rejudged as (

    select identifiers.*

    from {{ ref('identity_identifiers') }} as identifiers

    inner join touched_identifiers
        on identifiers.identifier_hash = touched_identifiers.identifier_hash

    -- In a build that links everything there is nothing to single out.
    where {{ 'true' if linked_before() else 'false' }}

)

select * from rejudged
