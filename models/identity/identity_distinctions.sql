with

records as (

    select
        record_number,
        record_key,
        record_kind,
        source,
        email,
        person_name

    from {{ ref('identity_records') }}

    where not is_deleted

),

decided_records as (

    select
        record_key,
        decision_key

    from {{ ref('decided_records') }}

    where decision = 'different'

),

values_that_tell_apart as (

    -- Phones and browsers (strengths below 5) are shared; an address is not.
    select
        record_number,
        'email in ' || source as distinction,
        email as distinct_value,
        4 as outweighs,
        false as oldest_keeps

    from records

    where
        record_kind = 'profile'
        and email is not null
        and source in ('{{ var("crm_sources") | join("', '") }}')

    union all

    -- Names tell people apart only beside addresses: a name is easily misspelt.
    select
        record_number,
        'name' as distinction,
        person_name as distinct_value,
        4 as outweighs,
        false as oldest_keeps

    from records

    where
        email is not null
        and person_name is not null

    union all

    select
        records.record_number,
        'decision ' || decided_records.decision_key as distinction,
        records.record_key as distinct_value,
        9 as outweighs,
        true as oldest_keeps

    from records

    inner join decided_records
        on records.record_key = decided_records.record_key

),

distinctions as (

    select
        record_number,
        distinction,
        distinct_value,
        {{ number_of_text('distinction', 'distinct_value') }} as distinct_hash,
        outweighs,
        oldest_keeps

    from values_that_tell_apart

)

select * from distinctions
