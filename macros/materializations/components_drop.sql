{#-
    Drops the work tables of a connected_components model.

    work: prefix of the model's work tables
    rounds: how many rounds there were
-#}
{% macro components_drop(work, rounds) -%}
    {%- for round in range(rounds + 1) -%}
        {%- for name in ['edges_', 'map_', 'root_'] -%}
            {%- do run_query(
                'drop table if exists ' ~ components_relation(work, name ~ round)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
