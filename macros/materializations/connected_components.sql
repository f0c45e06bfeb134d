{#-
    A materialization whose model is an edge list and whose table names the component of
    every record in it.

    The model's query gives two columns of whole numbers below 2^31 - 1, `record_number` and
    `linked_record_number`; the table has `record_number` and `component`, the smallest
    record number reachable. Records without an edge are not in it.

    Contraction: every record hooks to the neighbour that comes first in a pseudo-random
    order, pointers are shortened once, edges are rewritten to the representatives, until
    none is left. The order, number x multiplier mod (2^31 - 1), is held for three rounds and
    then changed, so that no input is hostile to it. Rounds grow with the logarithm of the
    longest chain; the limit is a guard against a fault, not a bound on chains.
-#}
{% materialization connected_components, default %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set work = this.identifier ~ '__work' -%}
    {%- set run = namespace(rounds=0, edges=0) -%}
    {{ run_hooks(pre_hooks) }}

    {{ components_step(work, 'edges_0', '
        select distinct
            cast(least(record_number, linked_record_number) as bigint) as low,
            cast(greatest(record_number, linked_record_number) as bigint) as high
        from (' ~ sql ~ ') as given
        where record_number <> linked_record_number') }}
    {%- set run.edges = components_count(work, 'edges_0') -%}

    {%- for round in range(200) if run.edges > 0 -%}
        {{ components_step(work, 'map_' ~ round, components_hook_sql(work, round)) }}
        {{ components_step(work, 'edges_' ~ (round + 1), components_rewrite_sql(work, round)) }}
        {%- set run.edges = components_count(work, 'edges_' ~ (round + 1)) -%}
        {%- set run.rounds = round + 1 -%}
    {%- endfor -%}
    {%- if run.edges > 0 -%}
        {{ exceptions.raise_compiler_error(
            this ~ ' did not converge in ' ~ run.rounds ~ ' rounds'
        ) }}
    {%- endif -%}

    {%- set roots = components_relation(work, components_compose(work, run.rounds)) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none -%}{{ adapter.drop_relation(existing) }}{%- endif -%}
    {%- call statement('main') -%}
        create table {{ relation }} as
        {% if run.rounds == 0 %}
        select low as record_number, low as component
        from {{ components_relation(work, 'edges_0') }}
        {% else %}
        select
            record_number,
            min(record_number) over (partition by representative) as component
        from {{ roots }}
        {% endif %}
    {%- endcall -%}
    {{ components_drop(work, run.rounds) }}

    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ log(this.identifier ~ ': ' ~ run.rounds ~ ' rounds', info=True) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
