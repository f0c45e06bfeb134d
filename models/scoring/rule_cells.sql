{{ config(materialized='view') }}

with

rule_cells as (

    {% for seed_name, kinds in rule_cell_kinds().items() -%}
        {%- for column_name, kind in kinds.items() -%}
            select
                '{{ seed_name }}' as seed_name,
                {{ rule_row_names()[seed_name] }} as row_name,
                '{{ column_name }}' as column_name,
                '{{ kind | replace("?", "") }}' as kind,
                {{ 'false' if kind.endswith('?') else 'true' }} as is_required,
                {{ column_name }} as cell

            from {{ ref(seed_name) }}
            {% if not loop.last %}
                union all

            {% endif -%}
        {%- endfor %}
        {% if not loop.last %}
            union all

        {% endif -%}
    {%- endfor %}
)

select * from rule_cells
