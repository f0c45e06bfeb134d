{{ config(materialized='view') }}

with

contact_merges as (

    select
        merged_contact_id,
        current_contact_id

    from {{ ref('contact_merges') }}

    where current_contact_id is not null

),

contact_successors as (

    select distinct
        merged_contact_id as contact_id,
        current_contact_id

    from contact_merges

)

select * from contact_successors
