{#-
    Whether a pattern is found in a text; null where the text is null.

    expression: text
    pattern: regular expression, in the subset the engines share
-#}
{% macro matches_regex(expression, pattern) -%}
    {{ adapter.dispatch('matches_regex', 'decile')(expression, pattern) }}
{%- endmacro %}

{% macro default__matches_regex(expression, pattern) -%}
    regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__matches_regex(expression, pattern) -%}
    ({{ expression }} ~ '{{ pattern }}')
{%- endmacro %}

{% macro spark__matches_regex(expression, pattern) -%}
    ({{ expression }} rlike '{{ pattern }}')
{%- endmacro %}
