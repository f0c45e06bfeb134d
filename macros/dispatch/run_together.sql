{#-
    Runs statements one after the other, in one call where the engine takes several: a call
    costs more than a small statement does. Returns what the last one gives.

    statements: list of statements, without semicolons
-#}
{% macro run_together(statements) -%}
    {{ return(adapter.dispatch('run_together', 'decile')(statements)) }}
{%- endmacro %}

{% macro default__run_together(statements) -%}
    {{ return(run_query(statements | join(';\n'))) }}
{%- endmacro %}

{% macro spark__run_together(statements) -%}
    {%- for statement in statements[:-1] -%}{%- do run_query(statement) -%}{%- endfor -%}
    {{ return(run_query(statements[-1])) }}
{%- endmacro %}
