with

leads as (

    select
        *,
        'marketo' as source,
        lead_id as source_record_id

    from {{ ref('stg_marketo__leads') }}

),

profiles as (

    {{ as_shape('profiles', 'leads') }}

)

select * from profiles
