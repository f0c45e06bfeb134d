with

touched_identifiers as (

    select
        identifier_hash,
        identifier_check

    from {{ ref('touched_identifiers') }}

),

-- Without the values: to read the text of all identifiers costs more than all the rest.
-- By one number first: an engine can filter by it while it reads, by two it does not.
identifiers_of_same_hash as (

    select
        record_number,
        identifier_type,
        identifier_hash,
        identifier_check,
        source,
        profile_email_hash,
        is_profile

    from {{ ref('identity_identifiers') }}

    where
        identifier_hash in (
            select touched_identifiers.identifier_hash from touched_identifiers
        )

        -- In a build that links everything there is nothing to single out.
        and {{ 'true' if linked_before() else 'false' }}

),

rejudged as (

    select identifiers_of_same_hash.*

    from identifiers_of_same_hash

    inner join touched_identifiers
        on
            identifiers_of_same_hash.identifier_hash
            = touched_identifiers.identifier_hash
            and identifiers_of_same_hash.identifier_check
            = touched_identifiers.identifier_check

)

select * from rejudged
