with

candidates as (

    select
        offer_id,
        code_prefix,
        issued_at

    from {{ ref('offer_candidates') }}

),

keys as (

    select offer_key

    from {{ ref('offer_key') }}

    where is_sample = {{ 'true' if var('demo') else 'false' }}

),

-- Further codes, for when the first one is somebody's already.
attempts as (

    {{ whole_numbers(3) }}

),

messages as (

    select
        candidates.offer_id,
        candidates.code_prefix,
        keys.offer_key,
        attempts.number_of as attempt,
        candidates.offer_id
        || '/' || {{ iso_timestamp('candidates.issued_at') }}
        || '/' || cast(attempts.number_of as {{ dbt.type_string() }}) as offer_message

    from candidates

    cross join attempts

    cross join keys

),

offer_codes as (

    select
        offer_id,
        attempt,
        coalesce(code_prefix || '-', '')
        || {{ offer_code('offer_key', 'offer_message') }}
            as code

    from messages

)

select * from offer_codes
