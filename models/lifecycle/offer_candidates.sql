-- depends_on: {{ ref('policy_problems') }}
with

rules as (

    select
        offer,
        label,
        coalesce(scenario, 'default') as scenario,
        {{ number_or_null('min_score') }} as min_score,
        {{ number_or_null('max_score') }} as max_score,
        discount,
        {{ whole_number(number_or_null('valid_hours')) }} as valid_hours,
        {{ number_or_null('cooldown_days') }} as cooldown_days,
        upper(prefix) as code_prefix,
        coalesce(purpose, 'email_marketing') as purpose

    from {{ ref('offer_rules') }}

    where is_active = 'true'

),

scores as (

    select
        contact_id,
        scenario,
        lead_score

    from {{ ref('lead_scores') }}

),

-- An address that bounced, or complained, gets no code.
permissions as (

    select
        contact_id,
        purpose

    from {{ ref('contact_permissions') }}

    where reason = 'granted'

),

offers_so_far as (

    select * from {{ ref('offers_so_far') }}

),

-- One code at a time, and of several offers the one for the highest scores.
contacts_in_range as (

    select
        scores.contact_id,
        rules.*,
        coalesce(offers_so_far.offers, 0) + 1 as offer_number,
        row_number() over (
            partition by scores.contact_id
            order by rules.min_score desc, rules.offer asc
        ) as preference

    from scores

    inner join rules
        on
            scores.scenario = rules.scenario
            and scores.lead_score between rules.min_score and rules.max_score

    inner join permissions
        on
            scores.contact_id = permissions.contact_id
            and rules.purpose = permissions.purpose

    left join offers_so_far
        on scores.contact_id = offers_so_far.contact_id

    -- Of a code that is still open the end lies ahead.
    where
        offers_so_far.contact_id is null
        or {{ days_between('offers_so_far.last_ended_at', as_of()) }}
        >= rules.cooldown_days

),

offer_candidates as (

    select
        offer || ':' || contact_id || ':'
        || cast(offer_number as {{ dbt.type_string() }}) as offer_id,
        offer,
        label,
        contact_id,
        code_prefix,
        discount,
        {{ as_of() }} as issued_at,
        {{ dbt.dateadd('hour', 'valid_hours', as_of()) }} as expires_at

    from contacts_in_range

    where preference = 1

)

select * from offer_candidates
