{#-
    An id as text. Loaders land ids that a vendor declares as numbers as floats: 12.0 is
    the id 12.

    expression: a value of any type
-#}
{% macro text_id(expression) -%}
    {{ regex_replace(clean_text(expression), '[.]0$') }}
{%- endmacro %}
