{#-
    The statements that bring an older ledger to the newest version, version by version.

    found: the version that is there
-#}
{% macro ledger_steps(found) -%}
    {%- set statements, migrations = [], ledger_migrations() -%}
    {%- for version in range(found + 1, ledger_version() + 1) -%}
        {%- do statements.extend(migrations[version]) -%}
        {%- do statements.append(
            'insert into ' ~ ledger_relation('ledger_version') ~ ' values (' ~ version ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}
