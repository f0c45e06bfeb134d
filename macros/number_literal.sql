{#-
    A number as SQL writes it down; null where the text is none.

    text: any text
-#}
{% macro number_literal(text) -%}
    {{ text if modules.re.match(number_pattern(), text) else 'cast(null as numeric(18, 6))' }}
{%- endmacro %}
