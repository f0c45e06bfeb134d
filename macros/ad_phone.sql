{#-
    A phone number with its country code; empty where it is no number, and where the country
    is not known.

    expression: text
    plus: whether the result begins with +
-#}
{% macro ad_phone(expression, plus=true) -%}
    {%- set digits = regex_replace(
        regex_replace(expression, '[' ~ ad_blanks() ~ '()./-]'), '^00', '+'
    ) -%}
    {%- set zero = '[(][' ~ ad_blanks() ~ ']*0[' ~ ad_blanks() ~ ']*[)]' -%}
    case
        when {{ matches_regex(expression, zero) }} then ''
        when {{ matches_regex(digits, '^[+][1-9][0-9]{6,14}$') }}
            then {{ digits if plus else regex_replace(digits, '^[+]') }}
        else ''
    end
{%- endmacro %}
