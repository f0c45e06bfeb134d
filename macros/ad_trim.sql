{#-
    A text without any kind of blank around it.

    expression: text
-#}
{% macro ad_trim(expression) -%}
    {{ regex_replace(
        expression, '^[' ~ ad_blanks() ~ ']+|[' ~ ad_blanks() ~ ']+$'
    ) }}
{%- endmacro %}
