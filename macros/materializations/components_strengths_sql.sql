{#-
    The strengths of what the suspects hold, from the strongest, and up to which of them there
    is something that outweighs one.

    work: prefix of the work tables; components_suspects() made them
-#}
{% macro components_strengths_sql(work) -%}
    select distinct holds.strength, outweighed.most
    from {{ work }}_holds as holds
    cross join (select max(outweighs) as most from {{ work }}_marks) as outweighed
    order by holds.strength desc
{%- endmacro %}
