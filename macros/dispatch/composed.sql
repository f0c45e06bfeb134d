{#-
    Text in composed form (Unicode NFC), where é is one letter, however it was typed. An
    engine without such a function takes it as it is.

    expression: text
-#}
{% macro composed(expression) -%}
    {{ adapter.dispatch('composed', 'decile')(expression) }}
{%- endmacro %}

{% macro default__composed(expression) -%}
    {{ expression }}
{%- endmacro %}

{% macro duckdb__composed(expression) -%}
    nfc_normalize({{ expression }})
{%- endmacro %}

{% macro postgres__composed(expression) -%}
    normalize({{ expression }}, nfc)
{%- endmacro %}

{% macro bigquery__composed(expression) -%}
    normalize({{ expression }}, nfc)
{%- endmacro %}
