{#-
    What clusters hold and keep, without the clusters that a chain would join wrongly.

    level: prefix of the work tables of the steps
-#}
{% macro components_unchained_sql(level) -%}
    select kept_holds.*
    from {{ level }}_kept_holds as kept_holds
    where cluster_number not in (
        select cluster_number from {{ level }}_chained
    )
{%- endmacro %}
