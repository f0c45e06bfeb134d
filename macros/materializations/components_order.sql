{#-
    What a round after the first orders numbers by: a multiplier, and its inverse modulo
    2^31 - 1 that leads back. It is held for three rounds.

    round: number of the round
-#}
{% macro components_order(round) -%}
    {%- set orders = [
        (696474140, 183569207), (2036573938, 1655336281), (324994715, 790271847),
        (848925575, 979837410), (1398919720, 1344061819), (104742888, 1889892459),
        (156604313, 1140848421), (1764721682, 1526521387), (1151846421, 1738160569),
        (203191304, 2112167454), (786359548, 440411498), (1252576302, 741084604),
    ] -%}
    {{ return(orders[((round - 1) // 3) % orders | length]) }}
{%- endmacro %}
