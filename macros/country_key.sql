{#-
    What a country is looked up by: its name or code as name_key() has it, but for N/A,
    whose letters are the code of Namibia.

    expression: text
-#}
{% macro country_key(expression) -%}
    case
        when lower(trim({{ expression }})) in ('n/a', '#n/a', 'n.a.', 'n.a') then ''
        else {{ name_key(expression) }}
    end
{%- endmacro %}
