{#-
    A text composed, in lower case, without blanks around it: what every normaliser of the
    ad platforms begins with.

    expression: text
-#}
{% macro ad_text(expression) -%}
    {{ ad_trim(lower_text(composed(expression))) }}
{%- endmacro %}
