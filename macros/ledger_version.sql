{#- The layout of the ledger. sync/ refuses a ledger of another version. -#}
{% macro ledger_version() -%}
    {{ return(2) }}
{%- endmacro %}
