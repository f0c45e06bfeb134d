{#-
    The edges of the next round: this round's, between representatives, without loops.

    work: prefix of the model's work tables
    round: number of the round whose edges are rewritten, from 0
-#}
{% macro components_rewrite_sql(work, round) -%}
    {%- set edges = work ~ '_edges_' ~ round -%}
    {%- set hooks = work ~ '_map_' ~ round -%}
    {%- set low = 'coalesce(low_map.representative, edges.low)' %}
    select distinct
        least({{ low }}, high_map.representative) as low,
        greatest({{ low }}, high_map.representative) as high
    from {{ edges }} as edges
    left join {{ hooks }} as low_map
        on edges.low = low_map.record_number
    inner join {{ hooks }} as high_map
        on edges.high = high_map.record_number
    where {{ low }} <> high_map.representative
{%- endmacro %}
