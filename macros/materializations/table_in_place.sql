{#-
    A materialization of tables that only the models right after them read, in the same build:
    the old one goes before the new one is written. A table of dbt is written beside the old
    one, and both are renamed; of a small table that is most of the work.
-#}
{% materialization table_in_place, default %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if existing is not none -%}{{ adapter.drop_relation(existing) }}{%- endif -%}
    {%- call statement('main') -%}{{ create_table_as(False, relation, sql) }}{%- endcall -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(relation, config.get('grants'), should_revoke=false) -%}
    {%- do persist_docs(relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
