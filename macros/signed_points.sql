{#-
    Points as the end of a sentence, with sign and one decimal: ': +24.6', ': -10.0'; nothing
    for 0.

    points: numeric
-#}
{% macro signed_points(points) -%}
    case
        when {{ points }} = 0 then ''
        when {{ points }} < 0 then ': '
        else ': +'
    end
    || case
        when {{ points }} = 0 then ''
        else cast(cast(round({{ points }}, 1) as numeric(18, 1)) as {{ dbt.type_string() }})
    end
{%- endmacro %}
