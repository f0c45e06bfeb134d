{#- The layout of the ledger. One of a later version is refused, an earlier one is migrated. -#}
{% macro ledger_version() -%}
    {{ return(4) }}
{%- endmacro %}
