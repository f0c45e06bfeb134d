with

touched_identifiers as (

    select
        identifier_hash,
        identifier_check

    from {{ ref('touched_identifiers') }}

),

-- Without the values: to read the text of all identifiers costs more than all the rest.
rejudged as (

    select
        identifiers.record_number,
        identifiers.identifier_type,
        identifiers.identifier_hash,
        identifiers.identifier_check,
        identifiers.source,
        identifiers.profile_email_hash,
        identifiers.is_profile

    from {{ ref('identity_identifiers') }} as identifiers

    inner join touched_identifiers
        on
            identifiers.identifier_hash = touched_identifiers.identifier_hash
            and identifiers.identifier_check = touched_identifiers.identifier_check

    -- In a build that links everything there is nothing to single out.
    where {{ 'true' if linked_before() else 'false' }}

)

select * from rejudged
