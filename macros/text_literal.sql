{#-
    A text as SQL writes it down, or null.

    text: any text, or none
-#}
{% macro text_literal(text) -%}
    {%- if text is none -%}
        cast(null as {{ dbt.type_string() }})
    {%- else -%}
        {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
    {%- endif -%}
{%- endmacro %}
