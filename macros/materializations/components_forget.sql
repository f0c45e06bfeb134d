{#-
    The statements that take away the copies kept of other models, before anything is written:
    where a build breaks off after them, the next one links everything.

    No arguments.
-#}
{% macro components_forget() -%}
    {%- set statements = [] -%}
    {%- for name in config.get('remembered', {}) -%}
        {%- do statements.append('drop table if exists ' ~ components_kept(name)) -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}
