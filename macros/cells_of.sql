{#-
    Every cell of some seeds as a row, with the kind that it must be. Takes the place of a select.

    kinds: by seed and column the kind of its cells; a `?` lets them be empty
    row_names: by seed how a message names a row, as an expression
-#}
{% macro cells_of(kinds, row_names) -%}
    {%- for seed_name, columns in kinds.items() -%}
    {%- for column_name, kind in columns.items() -%}
    select
        '{{ seed_name }}' as seed_name,
        {{ row_names[seed_name] }} as row_name,
        '{{ column_name }}' as column_name,
        '{{ kind | replace("?", "") }}' as kind,
        {{ 'false' if kind.endswith('?') else 'true' }} as is_required,
        {{ column_name }} as cell
    from {{ ref(seed_name) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
{%- endmacro %}
