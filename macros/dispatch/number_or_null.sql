{#-
    A text as a number with six decimals; null where it is not one. Digits, a sign and a
    decimal point are a number; an exponent, a comma or a blank is not.

    expression: text
-#}
{% macro number_or_null(expression) -%}
    case
        when {{ matches_regex(expression, number_pattern()) }}
            then {{ adapter.dispatch('number_or_null', 'decile')(expression) }}
    end
{%- endmacro %}

{% macro default__number_or_null(expression) -%}
    try_cast({{ expression }} as numeric(18, 6))
{%- endmacro %}

{% macro postgres__number_or_null(expression) -%}
    cast({{ expression }} as numeric(18, 6))
{%- endmacro %}
