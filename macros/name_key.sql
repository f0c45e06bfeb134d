{#-
    A name as it is compared: lower case, letters and digits only; null where none is left.

    expression: text
-#}
{% macro name_key(expression) -%}
    nullif({{ regex_replace('lower(' ~ expression ~ ')', '[^[:alnum:]]+') }}, '')
{%- endmacro %}
