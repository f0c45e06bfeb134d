"""The queries of a simulation. {live[...]} and {new[...]} are tables before and after."""

# How much of a row moved: a contact in neither has no row, one in only one side has moved.
_MOVED = """
    before.contact_id is null or after.contact_id is null
    or before.points <> after.points
    or before.band <> after.band
    or before.qualification <> after.qualification
    or before.grade is distinct from after.grade
    or before.decile is distinct from after.decile
    or before.lead_score is distinct from after.lead_score
    or before.fit_score is distinct from after.fit_score
    or before.engagement_score is distinct from after.engagement_score
    or before.disqualified_reason is distinct from after.disqualified_reason
"""
_BOTH = """
    from {live[contact_scores]} as before
    full outer join {new[contact_scores]} as after
        on before.contact_id = after.contact_id
        and before.as_of = after.as_of
        and before.scenario = after.scenario
"""
_TODAY = """
    where coalesce(before.as_of, after.as_of) = (
        select max(as_of) as as_of from {live[contact_scores]}
    )
"""

# What is filled in is text of this file, never of a user.
DATES = f"""
    select
        coalesce(before.as_of, after.as_of) as as_of,
        coalesce(before.scenario, after.scenario) as scenario,
        count(*) as contacts,
        count(case when {_MOVED} then 1 end) as moved,
        count(case when before.points is distinct from after.points then 1 end) as points_moved,
        count(case when before.lead_score is distinct from after.lead_score then 1 end)
            as scores_moved,
        count(case when before.decile is distinct from after.decile then 1 end)
            as deciles_moved,
        count(case when before.band is distinct from after.band then 1 end) as bands_moved
    {_BOTH}
    group by 1, 2
    order by 2, 1 desc
"""  # noqa: S608  (names of our own tables)

STEPS = f"""
    select
        coalesce(before.scenario, after.scenario) as scenario,
        before.{{column}} as before,
        after.{{column}} as after,
        count(*) as contacts,
        min(before.points) as least_before,
        min(after.points) as least_after
    {_BOTH} {_TODAY}
    group by 1, 2, 3
    order by 1, 2, 3
"""

MOVERS = f"""
    select
        coalesce(before.contact_id, after.contact_id) as contact_id,
        coalesce(before.scenario, after.scenario) as scenario,
        before.points as points_before, after.points as points_after,
        before.lead_score as score_before, after.lead_score as score_after,
        before.decile as decile_before, after.decile as decile_after,
        before.band as band_before, after.band as band_after{{email}}
    {_BOTH}
    left join {{live[contacts]}} as contacts
        on coalesce(before.contact_id, after.contact_id) = contacts.contact_id
    {_TODAY} and ({_MOVED})
    order by
        abs(coalesce(after.points, 0) - coalesce(before.points, 0)) desc,
        1, 2
    limit {{movers}}
"""

REASONS = """
    select
        coalesce(before.contact_id, after.contact_id) as contact_id,
        coalesce(before.scenario, after.scenario) as scenario,
        coalesce(before.rule, after.rule) as rule,
        coalesce(after.points, 0) - coalesce(before.points, 0) as moved_by
    from (select * from {live[score_reasons]} where contact_id in ({ids})) as before
    full outer join (
        select * from {new[score_reasons]} where contact_id in ({ids})
    ) as after
        on before.contact_id = after.contact_id
        and before.scenario = after.scenario
        and before.rule = after.rule
    where coalesce(after.points, 0) <> coalesce(before.points, 0)
    order by 1, 2, abs(coalesce(after.points, 0) - coalesce(before.points, 0)) desc, 3
"""

QUALITY = """
    select
        coalesce(before.as_of, after.as_of) as as_of,
        coalesce(before.scenario, after.scenario) as scenario,
        before.auc as auc_before, after.auc as auc_after,
        before.top_lift as top_lift_before, after.top_lift as top_lift_after
    from {live[score_quality]} as before
    full outer join {new[score_quality]} as after
        on before.as_of = after.as_of and before.scenario = after.scenario
"""
