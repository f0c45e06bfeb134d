{#-
    What clusters hold and keep, without the clusters that a chain would join wrongly.

    level: prefix of the work tables of the steps
-#}
{% macro components_unchained_sql(level) -%}
    select kept_holds.*
    from {{ components_relation(level, 'kept_holds') }} as kept_holds
    where cluster_number not in (
        select cluster_number from {{ components_relation(level, 'chained') }}
    )
{%- endmacro %}
