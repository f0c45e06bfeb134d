{#- The moment everything is scored at, as a timestamp literal. The only clock. -#}
{% macro as_of() -%}
    {%- set moment = (
        var('as_of', none)
        or (var('demo_as_of') if var('demo') else run_started_at.strftime('%Y-%m-%d %H:%M:%S'))
    ) -%}
    cast('{{ moment }}' as {{ dbt.type_timestamp() }})
{%- endmacro %}
