{#-
    Stops a build whose rule seeds are not those of the var recipe: dbt reads the `+enabled` of
    dbt_project.yml before it knows the vars of that file, and would build other rules without a
    word. Called by `on-run-start`.
-#}
{% macro check_recipe() -%}
    {%- set recipe = var('recipe', 'general') -%}
    {%- for seed in (graph.nodes.values() if execute else []) -%}
        {%- set folders = (seed.original_file_path or '').split('/') -%}
        {%- set is_on = 'general' if folders[1] == 'scoring' else folders[-2] -%}
        {%- if seed.name == 'event_rules' and folders[0] == 'seeds' and is_on != recipe -%}
            {%- do exceptions.raise_compiler_error(
                'Nothing was built: the var recipe is ' ~ recipe ~ ', and the rules of '
                ~ is_on ~ ' are on. In dbt_project.yml, write ' ~ recipe ~ ' in place of '
                ~ is_on ~ ' behind the comma of the four `+enabled` too.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
