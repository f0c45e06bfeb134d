{#-
    Whether the var rebase_score_scale asks for a new scale: true for every scenario, or the
    name of one.

    scenario: expression, the name of a scenario
-#}
{% macro rebased_on_command(scenario) -%}
    {%- set asked = var('rebase_score_scale', false) -%}
    {%- if asked is boolean -%}
        {{ 'true' if asked else 'false' }}
    {%- else -%}
        {{ scenario }} = {{ dbt.string_literal(dbt.escape_single_quotes(asked)) }}
    {%- endif -%}
{%- endmacro %}
