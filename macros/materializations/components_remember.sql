{#-
    The statements that keep what the next build needs to know: the digests of what is linked
    now, and the copies, which come last.

    scope: table of the records linked anew; none where all of them were
-#}
{% macro components_remember(scope) -%}
    {%- set statements = [] -%}
    {%- if config.get('digests') -%}
        {%- set kept, digests = components_kept('digests'), ref(config.get('digests')) -%}
        {%- set rows = 'select record_block, digest from ' ~ digests ~ ' where digest > 0' -%}
        {%- do statements.extend(
            replace_rows(kept, 'record_block', digests, rows) if scope else [
                'drop table if exists ' ~ kept, 'create table ' ~ kept ~ ' as ' ~ rows,
            ]
        ) -%}
    {%- endif -%}
    {%- for name, model_name in config.get('remembered', {}).items() -%}
        {%- do statements.append(
            'create table ' ~ components_kept(name) ~ ' as select * from ' ~ ref(model_name)
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}
