{#-
    A table of the ledger. Its schema holds no model, so a full refresh cannot reach it.

    name: one of the keys of ledger_tables(), or sync_state_current
-#}
{% macro ledger_relation(name) -%}
    {{ return(api.Relation.create(
        database=target.database, schema=target.schema ~ '_ledger', identifier=name
    )) }}
{%- endmacro %}
