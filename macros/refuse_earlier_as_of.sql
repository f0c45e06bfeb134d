{#-
    Stops a build whose as_of is earlier than what a model that remembers has already written:
    its history would no longer be one. As a pre-hook; the model must be incremental.

    column: the timestamp of the rows, in the model itself
-#}
{% macro refuse_earlier_as_of(column) -%}
    {%- if execute and is_incremental() -%}
        {%- set later = run_query(
            'select max(' ~ column ~ ') from ' ~ this ~ ' where ' ~ column ~ ' > ' ~ as_of()
        ).columns[0].values()[0] -%}
        {%- if later is not none -%}
            {{ exceptions.raise_compiler_error(
                this.identifier ~ ' already remembers ' ~ later ~ ', later than as_of ('
                ~ as_of() ~ '). Replay an earlier day in a schema of its own: set the target'
                ~ " schema, or DECILE_DUCKDB_PATH, to a copy."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
