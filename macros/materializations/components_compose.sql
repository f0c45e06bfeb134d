{#-
    The steps that rewrite each round's map to the last representative, from the last round
    backwards to the second, so that root_1 leads what the first round left to its component.

    work: prefix of the model's work tables
    rounds: how many rounds there were; of one there is nothing to rewrite
-#}
{% macro components_compose(work, rounds) -%}
    {%- set steps = [] -%}
    {%- for step in range(1, rounds) -%}
        {%- set round = rounds - step -%}
        {%- set later = work ~ '_root_' ~ (round + 1) -%}
        {%- do steps.append(('root_' ~ round, '
            select
                earlier.record_number,
                ' ~ ('earlier.representative' if step == 1 else
                'coalesce(later.representative, earlier.representative)')
                ~ ' as representative
            from ' ~ work ~ '_map_' ~ round ~ ' as earlier'
            ~ ('' if step == 1 else ' left join ' ~ later ~ ' as later
                on earlier.representative = later.record_number'))) -%}
    {%- endfor -%}
    {{ return(steps) }}
{%- endmacro %}
