{#-
    What has to be added to points to bring them back between two bounds: 0 where they are.

    points: numeric
    lowest: the fewest points
    highest: the most points
-#}
{% macro points_beyond(points, lowest, highest) -%}
    cast(
        greatest(least({{ points }}, {{ highest }}), {{ lowest }}) - {{ points }}
        as numeric(18, 2)
    )
{%- endmacro %}
