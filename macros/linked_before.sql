{#-
    Whether an earlier build left what identity_components linked, so that this one links only
    what differs. False in a full refresh, and where a build broke off in the middle.

    No arguments.
-#}
{% macro linked_before() -%}
    {%- set found = [] -%}
    {%- for name in ['', '__digests', '__blocked'] if execute and not flags.FULL_REFRESH -%}
        {%- do found.append(load_cached_relation(api.Relation.create(
            database=this.database, schema=this.schema,
            identifier='identity_components' ~ name
        ))) -%}
    {%- endfor -%}
    {{ return(found | length > 0 and none not in found) }}
{%- endmacro %}
