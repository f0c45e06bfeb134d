-- Two records that somebody says are one, and that still are two: another decision says
-- so. Take one of the two back in seeds/policy/match_decisions.csv.

with

decided_records as (

    select
        decision_key,
        record_key

    from {{ ref('decided_records') }}

    where decision = 'same'

),

clusters as (

    select
        record_key,
        component

    from {{ ref('identity_clusters') }}

),

decisions as (

    select
        decided_records.decision_key,
        min(clusters.component) as first_component,
        max(clusters.component) as last_component

    from decided_records

    inner join clusters
        on decided_records.record_key = clusters.record_key

    group by decided_records.decision_key

)

select *

from decisions

where first_component <> last_component
