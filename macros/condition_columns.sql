{#-
    The columns of a condition, read off the cells of a policy seed: scenario, field, operator, and
    what rule_holds compares with.
-#}
{% macro condition_columns() -%}
    coalesce(scenario, 'default') as scenario,
        field,
        operator,
        lower(value) as compared_text,
        {{ number_or_null(dbt.split_part('value', "'|'", 1)) }} as lowest_number,
        {{ number_or_null(dbt.split_part('value', "'|'", 2)) }} as highest_number
{%- endmacro %}
