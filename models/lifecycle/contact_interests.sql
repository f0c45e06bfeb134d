with

interest_matches as (

    select * from {{ ref('interest_matches') }}

),

-- Who refuses to be profiled has no interests either.
scored_contacts as (

    select contact_id

    from {{ ref('contacts_at_dates') }}

    where as_of = {{ as_of() }}

),

matches_decayed as (

    select
        interest_matches.contact_id,
        interest_matches.interest,
        interest_matches.kind,
        interest_matches.occurred_at,
        {{ decayed_millionths(
            'interest_matches.millionths',
            days_between('interest_matches.occurred_at', as_of()),
            'interest_matches.half_life_days'
        ) }} as millionths

    from interest_matches

    inner join scored_contacts
        on interest_matches.contact_id = scored_contacts.contact_id

),

-- A name that both kinds have is a product's.
interests_weighed as (

    select
        contact_id,
        interest,
        max(kind) as kind,
        cast(
            round(
                cast(sum(millionths) as numeric(18, 0))
                * cast(0.000001 as numeric(7, 6)),
                2
            ) as numeric(18, 2)
        ) as weight,
        max(occurred_at) as last_seen_at

    from matches_decayed

    group by
        contact_id,
        interest

),

contact_interests as (

    select
        contact_id,
        interest,
        kind,
        weight,
        {{ whole_number('row_number() over (
            partition by contact_id
            order by weight desc, last_seen_at desc, interest
        )') }} as interest_rank,
        last_seen_at

    from interests_weighed

    -- A single look fades out of sight after three half-lives or so.
    where weight >= 0.1

)

select * from contact_interests
