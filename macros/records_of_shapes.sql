{#-
    Every record of some shapes with the reason why it cannot be used, from the models
    source_<shape>.

    shapes: names of shapes, as in shape_columns()
-#}
{% macro records_of_shapes(shapes) -%}
    {%- for shape in shapes %}
    select
        source,
        '{{ shape }}' as shape,
        record_key,
        quarantine_reason
    from {{ ref('source_' ~ shape) }}
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
