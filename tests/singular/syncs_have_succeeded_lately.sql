{{ config(severity='warn') }}

-- Syncs to a real account whose last success is too long ago. A warning: the build is
-- not at fault, and without it the next sync is not possible.

select
    account,
    sync_name,
    last_success_at,
    hours_without_success,
    max_hours_since_success

from {{ ref('sync_health') }}

where
    account <> 'sandbox'
    and hours_without_success > max_hours_since_success
