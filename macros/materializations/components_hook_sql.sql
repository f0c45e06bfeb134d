{#-
    One round's map: each record still on an edge, and the representative it hooks to,
    after one pointer jump. The pairs are multipliers and their inverses modulo 2^31 - 1.

    work: prefix of the model's work tables
    round: number of the round, from 0
-#}
{% macro components_hook_sql(work, round) -%}
    {%- set orders = [
        (696474140, 183569207), (2036573938, 1655336281), (324994715, 790271847),
        (848925575, 979837410), (1398919720, 1344061819), (104742888, 1889892459),
        (156604313, 1140848421), (1764721682, 1526521387), (1151846421, 1738160569),
        (203191304, 2112167454), (786359548, 440411498), (1252576302, 741084604),
    ] -%}
    {%- set multiplier, inverse = orders[(round // 3) % orders | length] -%}
    {%- set edges = components_relation(work, 'edges_' ~ round) -%}
    with

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

    select
        hooks.record_number,
        jumps.representative
    from hooks
    inner join hooks as jumps
        on hooks.representative = jumps.record_number
{%- endmacro %}
