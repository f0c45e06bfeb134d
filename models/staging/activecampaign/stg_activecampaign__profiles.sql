with

contacts as (

    select
        *,
        'activecampaign' as source,
        contact_id as source_record_id

    from {{ ref('stg_activecampaign__contacts') }}

),

profiles as (

    {{ as_shape('profiles', 'contacts') }}

)

select * from profiles
