with

responses as (

    select
        *,
        'forms' as source,
        response_id as source_record_id,

        -- A response is not edited: what it says is as old as it is.
        submitted_at as created_at,
        submitted_at as updated_at

    from {{ ref('stg_forms__responses') }}

),

profiles as (

    {{ as_shape('profiles', 'responses') }}

)

select * from profiles
