{#-
    How the names of the model's work tables begin: they are the connection's own, and without
    a schema.

    No arguments.
-#}
{% macro work_prefix() -%}
    {{ return(adapter.dispatch('work_prefix', 'decile')()) }}
{%- endmacro %}

{% macro default__work_prefix() -%}
    {{ return(this.identifier ~ '__work') }}
{%- endmacro %}

{#- There they are tables like others, beside the model's. -#}
{% macro spark__work_prefix() -%}
    {{ return(this.schema ~ '.' ~ this.identifier ~ '__work') }}
{%- endmacro %}
