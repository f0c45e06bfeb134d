{{ config(materialized='view') }}

with

audience_model_contacts as (

    {{ union_of_audience_models() }}

)

select * from audience_model_contacts
