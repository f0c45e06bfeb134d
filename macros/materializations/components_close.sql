{#-
    The connected components of an edge list, in a work table `closed` with `record_number` and
    `component`, the smallest number reachable. What has no edge is not in it. Returns the
    number of rounds.

    Contraction: every record hooks to the neighbour that comes first in an order, pointers
    are shortened once, edges are rewritten to the representatives, until none is left. After
    the first round the order is pseudo-random, number x multiplier mod (2^31 - 1), held for
    three rounds and then changed, so that no input is hostile to it. Rounds grow with the
    logarithm of the longest chain; the limit is a guard against a fault, not a bound on chains.

    work: prefix of the closure's work tables
    edges: select of pairs (low, high), low < high, whole numbers below 2^31 - 1
-#}
{% macro components_close(work, edges) -%}
    {%- set run = namespace(rounds=0, edges=components_step(work, 'edges_0', edges)) -%}
    {%- for round in range(200) if run.edges > 0 -%}
        {%- do components_step(work, 'map_' ~ round, components_hook_sql(work, round)) -%}
        {%- set run.edges = components_step(
            work, 'edges_' ~ (round + 1), components_rewrite_sql(work, round)
        ) -%}
        {%- set run.rounds = round + 1 -%}
    {%- endfor -%}
    {%- if run.edges > 0 -%}
        {{ exceptions.raise_compiler_error(
            this ~ ' did not converge in ' ~ run.rounds ~ ' rounds'
        ) }}
    {%- endif -%}
    {%- do components_step(work, 'closed', components_closed_sql(work, run.rounds)) -%}
    {%- set names = [] -%}
    {%- for round in range(run.rounds + 1) -%}
        {%- do names.extend(['edges_' ~ round, 'map_' ~ round, 'root_' ~ round]) -%}
    {%- endfor -%}
    {{ components_drop(work, names) }}
    {{ return(run.rounds) }}
{%- endmacro %}
