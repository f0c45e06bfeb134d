with

lead_profiles as (

    select * from {{ ref('stg_salesforce__lead_profiles') }}

),

contact_profiles as (

    select * from {{ ref('stg_salesforce__contact_profiles') }}

),

profiles as (

    select * from lead_profiles

    union all

    select * from contact_profiles

)

select * from profiles
