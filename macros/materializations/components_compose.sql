{#-
    Rewrites each round's map to the last representative, from the last round backwards,
    so that map_0 leads every record to its component.

    work: prefix of the model's work tables
    rounds: how many rounds there were
-#}
{% macro components_compose(work, rounds) -%}
    {%- for step in range(1, rounds) -%}
        {%- set round = rounds - 1 - step -%}
        {%- set later = 'map_' ~ (round + 1) if step == 1 else 'root_' ~ (round + 1) -%}
        {{ components_step(work, 'root_' ~ round, '
            select
                earlier.record_number,
                coalesce(later.representative, earlier.representative) as representative
            from ' ~ components_relation(work, 'map_' ~ round) ~ ' as earlier
            left join ' ~ components_relation(work, later) ~ ' as later
                on earlier.representative = later.record_number') }}
    {%- endfor -%}
    {{ return('edges' if rounds == 0 else ('map_0' if rounds == 1 else 'root_0')) }}
{%- endmacro %}
