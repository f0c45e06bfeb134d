{#-
    Stop the build with one error that names every mistake in the rule seeds.

    relation: rule_problems or policy_problems, built
    folder: where the seeds are; none for the rules of the recipe that is on
-#}
{% macro refuse_rule_problems(relation, folder=none) -%}
    {%- if execute -%}
    {%- set problems = run_query(
        'select seed_name, row_name, column_name, problem, allowed from ' ~ relation
        ~ ' order by 1, 2, 3, 4'
    ) -%}
    {%- set undone = 'Nothing was built on them' if folder else 'Nothing was scored' -%}
    {%- set recipe = var('recipe', 'general') -%}
    {%- set folder = folder or (
        'seeds/scoring' if recipe == 'general' else 'seeds/recipes/' ~ recipe
    ) -%}
    {%- set lines = [] -%}
    {%- for problem in problems.rows -%}
        {%- do lines.append(
            '  ' ~ folder ~ '/' ~ problem[0] ~ '.csv, ' ~ problem[1] ~ ', ' ~ problem[2]
            ~ ': ' ~ problem[3] ~ '; allowed: ' ~ problem[4]
        ) -%}
    {%- endfor -%}
    {%- if lines -%}
        {{ exceptions.raise_compiler_error(
            undone ~ ': the rules have ' ~ lines | length ~ ' problem(s).\n'
            ~ lines | join('\n')
        ) }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
