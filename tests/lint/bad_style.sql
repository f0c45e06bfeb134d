WITH e AS (SELECT Contact_ID, POINTS::NUMERIC(18, 2) pts , NULL as reason, 1
  FROM contact_events AS e)
select
  e.Contact_ID
, COUNT(1) AS Occurrences
, case when e.pts = null then 'none' else 'some' end
, cast(e.pts as DOUBLE) as points,
from e
join (select contact_id from rules r) as rules on rules.contact_id = e.contact_id
group by 1, e.pts
union
select distinct a, b, c, d from unused where b <> 1 and c != 2
