{#-
    One round's map: each record still on an edge, and the representative it hooks to,
    after one pointer jump.

    The first round is by the numbers themselves, downwards: most groups are small and done
    after it, and nobody need look for their smallest number. Who has no smaller neighbour is
    not in its map.

    work: prefix of the model's work tables
    round: number of the round, from 0
-#}
{% macro components_hook_sql(work, round) -%}
    {%- set multiplier, inverse = components_order(round) -%}
    {%- set edges = work ~ '_edges_' ~ round -%}
    with

    {% if round == 0 -%}
    hooks as (
        select high as record_number, min(low) as representative
        from {{ edges }}
        group by high
    )
    {%- else -%}
    neighbours as (
        select low as record_number, high as neighbour from {{ edges }}
        union all
        select high as record_number, low as neighbour from {{ edges }}
    ),

    first_neighbours as (
        select
            record_number,
            least(
                min(mod(neighbour * {{ multiplier }}, 2147483647)),
                mod(record_number * {{ multiplier }}, 2147483647)
            ) as place
        from neighbours
        group by record_number
    ),

    hooks as (
        select
            record_number,
            mod(place * {{ inverse }}, 2147483647) as representative
        from first_neighbours
    )
    {%- endif %}

    select
        hooks.record_number,
        coalesce(jumps.representative, hooks.representative) as representative
    from hooks
    left join hooks as jumps
        on hooks.representative = jumps.record_number
{%- endmacro %}
