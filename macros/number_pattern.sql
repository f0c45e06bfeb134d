{#- Digits, a sign and a decimal point are a number; an exponent, a comma or a blank is not. -#}
{% macro number_pattern() -%}
    {{ return('^[-+]?[0-9]{1,9}([.][0-9]{1,6})?$') }}
{%- endmacro %}
