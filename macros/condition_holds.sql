{#- Whether a row of conditions_beside_values holds; one that names no column always does. -#}
{% macro condition_holds() -%}
    field is null or {{ rule_holds('found_text', 'found_number') }}
{%- endmacro %}
