{#-
    What a model that remembers has written up to now; nothing before its first build. For the
    models just before it, which a ref would put behind it.

    model_name: name of the model that remembers, in the schema of the one that asks
    columns: (name, type) pairs of the columns wanted
-#}
{% macro rows_so_far(model_name, columns) -%}
    {%- set remembered = load_cached_relation(
        api.Relation.create(database=this.database, schema=this.schema, identifier=model_name)
    ) if execute -%}
    {%- if remembered -%}
        select {{ columns | map('first') | join(', ') }} from {{ remembered }}
    {%- else -%}
        select
            {%- for name, type in columns %}
            cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        where 1 = 0
    {%- endif -%}
{%- endmacro %}
