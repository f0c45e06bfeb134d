{#-
    A phone number as typed, without its decoration: digits, and a + where it has a
    country prefix (00 counts as one).

    expression: text
-#}
{% macro phone_digits(expression) -%}
    {{ regex_replace(
        regex_replace(expression, '[^0-9+]'), '^00', '+'
    ) }}
{%- endmacro %}
