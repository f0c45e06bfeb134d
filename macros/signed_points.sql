{#-
    Points as the end of a sentence, with sign and one decimal: ': +24.6', ': -10.0'; two
    where one would say 0, and nothing for 0.

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
        when abs({{ points }}) < 0.05
            then cast(cast({{ points }} as numeric(18, 2)) as {{ dbt.type_string() }})
        else cast(cast(round({{ points }}, 1) as numeric(18, 1)) as {{ dbt.type_string() }})
    end
{%- endmacro %}
