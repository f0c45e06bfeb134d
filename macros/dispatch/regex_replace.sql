{#-
    Every match of a pattern replaced, as text.

    expression: text
    pattern: regular expression, in the subset the engines share
    replacement: literal text
-#}
{% macro regex_replace(expression, pattern, replacement='') -%}
    {{ adapter.dispatch('regex_replace', 'decile')(expression, pattern, replacement) }}
{%- endmacro %}

{% macro default__regex_replace(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__regex_replace(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}
