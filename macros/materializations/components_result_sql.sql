{#-
    The component of every record linked now.

    work: prefix of the work tables
    levels: components_levels()
-#}
{% macro components_result_sql(work, levels) -%}
    select
        closed.record_number,
        {{ 'coalesce(separated.component, closed.component)' if levels else 'closed.component' }}
            as component,
        closed.component as linked_group
    from {{ work }}_closed as closed
    {% if levels -%}
    left join {{ work }}_separated as separated
        on closed.record_number = separated.record_number
    {%- endif %}
{%- endmacro %}
