{#-
    A materialization of small tables that come one after the other: the old one goes before the
    new one is written, in the same transaction where the engine has such. A table of dbt is
    written beside the old one, and both are renamed; of a small table that is most of the work.
    Whoever reads the table meanwhile waits until it is written.
-#}
{% materialization table_in_place, default %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if existing is not none -%}
        {%- call statement('gone') -%}{{ get_drop_sql(existing) }}{%- endcall -%}
        {%- do adapter.cache_dropped(existing) -%}
    {%- endif -%}
    {%- call statement('main') -%}{{ create_table_as(False, relation, sql) }}{%- endcall -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(relation, config.get('grants'), should_revoke=false) -%}
    {%- do persist_docs(relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
