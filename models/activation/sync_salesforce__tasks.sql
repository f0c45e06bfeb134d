with

tasks as (

    select
        alert_id,
        contact_id,
        record_id as salesforce_record_id,
        reason,
        note,
        due_on,
        owner_id

    from {{ ref('alert_tasks') }}

    where source = 'salesforce'

)

select * from tasks
