{{ config(materialized='view') }}

-- Every window and group is by contact: a filter on one contact reaches the tables.

with

values_given as (

    select
        contact_id,
        attribute,
        tier,
        priority,
        source,
        record_key,
        record_updated_at,
        given_value

    from {{ ref('contact_profile_values') }}

    where given_value is not null

    union all

    select
        contact_id,
        attribute,
        tier,
        cast(null as {{ dbt.type_int() }}) as priority,
        source,
        record_key,
        first_seen_at as record_updated_at,
        given_value

    from {{ ref('contact_trace_values') }}

    where given_value is not null

),

free_mail_domains as (

    select domain

    from {{ ref('free_mail_domains') }}

),

-- What the first address gives is the domain, even where that is none.
values_with_domains as (

    select
        values_given.*,
        case
            when values_given.tier < 3 then values_given.given_value
            when free_mail_domains.domain is null
                then {{ dbt.split_part('values_given.given_value', "'@'", 2) }}
        end as value

    from values_given

    left join free_mail_domains
        on free_mail_domains.domain = case
            when values_given.tier >= 3
                then {{ dbt.split_part('values_given.given_value', "'@'", 2) }}
        end

),

candidates as (

    select
        *,
        row_number() over (
            partition by contact_id, attribute
            order by
                tier asc,
                priority asc,

                -- Where there is no profile, contact_points has the first by alphabet.
                case when priority is null then given_value end asc,
                record_updated_at desc nulls last,
                record_key asc
        ) as place

    from values_with_domains

)

select * from candidates
