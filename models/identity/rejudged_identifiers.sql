{{ config(materialized='table_in_place') }}

with

touched_identifiers as (

    select identifier_hash

    from {{ ref('touched_identifiers') }}

),

-- Without the values: to read the text of all identifiers costs more than all the rest.
-- By one number: an engine can filter by it while it reads, by two it does not, and
-- another value that happens to share it is judged once too often, that is all.
rejudged as (

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

)

select * from rejudged
