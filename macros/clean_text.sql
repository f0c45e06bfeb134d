{#-
    Trimmed text; blank is null.

    expression: a value of any type
-#}
{% macro clean_text(expression) -%}
    nullif(trim(cast({{ expression }} as {{ dbt.type_string() }})), '')
{%- endmacro %}
