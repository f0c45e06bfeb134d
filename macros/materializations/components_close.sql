{#-
    The connected components of an edge list, in a work table `closed` with `record_number` and
    `component`, the smallest number reachable. What has no edge is not in it. Returns the
    number of `rounds`, and the rows of the `answer` to a question about all this.

    Contraction: every record hooks to the neighbour that comes first in an order, pointers
    are shortened once, edges are rewritten to the representatives, until none is left. After
    the first round the order is pseudo-random, number x multiplier mod (2^31 - 1), held for
    three rounds and then changed, so that no input is hostile to it. These three are run in
    one call: on edges that are none any more a round is quick. Rounds grow with the logarithm
    of the longest chain; the limit is a guard against a fault, not a bound on chains.

    work: prefix of the closure's work tables
    edges: select of pairs (low, high), low < high, whole numbers below 2^31 - 1
    before: steps that the edges need first
    after: steps on what is closed
    question: select of what is asked after these; none: how many rows the last of them has
-#}
{% macro components_close(work, edges, before=[], after=[], question=none) -%}
    {%- set run = namespace(
        rounds=1,
        edges=components_step(
            work, before + [('edges_0', edges)] + components_rounds(work, 0, 1)
        )[0][0],
    ) -%}
    {%- for order in range(70) if run.edges > 0 -%}
        {%- set run.edges = components_step(work, components_rounds(work, run.rounds, 3))[0][0] -%}
        {%- set run.rounds = run.rounds + 3 -%}
    {%- endfor -%}
    {%- if run.edges > 0 -%}
        {{ exceptions.raise_compiler_error(
            this ~ ' did not converge in ' ~ run.rounds ~ ' rounds'
        ) }}
    {%- endif -%}
    {%- set done_with = ['edges_0'] -%}
    {%- for round in range(run.rounds) -%}
        {%- do done_with.extend(['map_' ~ round, 'root_' ~ round, 'edges_' ~ (round + 1)]) -%}
    {%- endfor -%}
    {%- set answer = components_step(
        work,
        components_compose(work, run.rounds)
        + [('closed', components_closed_sql(work, run.rounds))] + after,
        done_with,
        question,
    ) -%}
    {{ return({'rounds': run.rounds, 'answer': answer}) }}
{%- endmacro %}
