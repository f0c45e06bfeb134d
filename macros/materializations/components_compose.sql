{#-
    Rewrites each round's map to the last representative, from the last round backwards to the
    second. Returns the table that leads what the first round left to its last representative.

    work: prefix of the model's work tables
    rounds: how many rounds there were, two at least
-#}
{% macro components_compose(work, rounds) -%}
    {%- for step in range(1, rounds - 1) -%}
        {%- set round = rounds - 1 - step -%}
        {%- set later = 'map_' ~ (round + 1) if step == 1 else 'root_' ~ (round + 1) -%}
        {%- do components_step(work, 'root_' ~ round, '
            select
                earlier.record_number,
                coalesce(later.representative, earlier.representative) as representative
            from ' ~ components_relation(work, 'map_' ~ round) ~ ' as earlier
            left join ' ~ components_relation(work, later) ~ ' as later
                on earlier.representative = later.record_number') -%}
    {%- endfor -%}
    {{ return(components_relation(work, 'map_1' if rounds == 2 else 'root_1')) }}
{%- endmacro %}
