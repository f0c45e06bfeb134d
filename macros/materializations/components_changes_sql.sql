{#-
    What linking anew has changed: the rows that come, and without a component the numbers of
    those who share nothing any more. Most rows stay as they are, and are not written again.

    work: prefix of the work tables
    levels: components_levels()
    scope: table of the records linked anew, with what they were before
-#}
{% macro components_changes_sql(work, levels, scope) -%}
    with

    result as (
        {{ components_result_sql(work, levels) }}
    )

    select
        coalesce(result.record_number, scope.record_number) as record_number,
        result.component,
        result.linked_group
    from result
    full outer join {{ scope }} as scope
        on result.record_number = scope.record_number
    where
        coalesce(result.component, -1) <> coalesce(scope.component, -1)
        or coalesce(result.linked_group, -1) <> coalesce(scope.linked_group, -1)
{%- endmacro %}
