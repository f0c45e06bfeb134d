{#-
    floor(parts x above / total) in whole numbers, which every engine divides alike.

    parts: 10 for deciles, 100 for percentiles
    above: how many rank strictly above
    total: how many are ranked, more than `above`
-#}
{% macro parts_above(parts, above, total) -%}
    {%- set product = 'cast(' ~ above ~ ' as ' ~ dbt.type_bigint() ~ ') * ' ~ parts -%}
    {{ whole_number(
        '(' ~ product ~ ' - mod(' ~ product ~ ', ' ~ total ~ ')) / ' ~ total
    ) }}
{%- endmacro %}
