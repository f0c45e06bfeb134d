{#-
    An aggregate: how many different whole numbers an expression takes.

    expression: whole number from 0, or null
    highest: the highest that it can be; none if there is no telling
-#}
{% macro distinct_whole_numbers(expression, highest=none) -%}
    {{ adapter.dispatch('distinct_whole_numbers', 'decile')(expression, highest) }}
{%- endmacro %}

{% macro default__distinct_whole_numbers(expression, highest) -%}
    count(distinct {{ expression }})
{%- endmacro %}

{#- A bit for each number: to count distinct values DuckDB sorts every event once more. -#}
{% macro duckdb__distinct_whole_numbers(expression, highest) -%}
    {%- if highest is not none and highest <= 62 -%}
        bit_count(
            coalesce(bit_or(cast(1 as bigint) << cast({{ expression }} as integer)), 0)
        )
    {%- else -%}
        count(distinct {{ expression }})
    {%- endif -%}
{%- endmacro %}
