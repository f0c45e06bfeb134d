{#-
    A work table of a connected_components model, beside the model itself.

    work: prefix of the model's work tables
    name: what the table holds
-#}
{% macro components_relation(work, name) -%}
    {{ return(api.Relation.create(
        database=this.database, schema=this.schema, identifier=work ~ '_' ~ name,
        type='table'
    )) }}
{%- endmacro %}
