{#-
    Who the models in the var `audience_models` name, each row with the name of its model; nobody
    where the list is empty.
-#}
{% macro union_of_audience_models() -%}
    {%- for name in var('audience_models', []) %}
    select
        '{{ name }}' as audience_model,
        contact_id,
        reason
    from {{ ref(name) }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as audience_model,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        cast(null as {{ dbt.type_string() }}) as reason
    where 1 = 0
    {%- endfor %}
{%- endmacro %}
