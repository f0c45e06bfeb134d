with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

contacts as (

    select * from {{ ref('stg_salesforce__contacts') }}

),

opt_outs as (

    -- A converted lead cannot be changed any more: its contact has the word.
    select
        lead_id as source_record_id,
        email,
        created_at,
        updated_at,
        loaded_at

    from leads

    where is_opted_out and not is_converted

    union all

    select
        contact_id as source_record_id,
        email,
        created_at,
        updated_at,
        loaded_at

    from contacts

    where is_opted_out

),

refusals as (

    select
        'salesforce' as source,
        source_record_id,
        email,
        'email_marketing' as purpose,
        'denied' as status,

        -- Salesforce keeps no time of the opt-out itself.
        coalesce(updated_at, created_at, loaded_at) as changed_at,
        loaded_at

    from opt_outs

),

consents as (

    {{ as_shape('consents', 'refusals') }}

)

select * from consents
