{#-
    The table that holders are counted in: everything in a build that links everything, else
    the values that a change has touched, with all their holders.

    everything: relation of all identifiers
    touched: relation of the identifiers touched, with all their holders
-#}
{% macro identifiers_to_judge(everything, touched) -%}
    {{ touched if linked_before() else everything }}
{%- endmacro %}
