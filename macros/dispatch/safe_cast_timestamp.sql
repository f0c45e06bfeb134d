{#-
    A UTC timestamp without zone, or null if the value is not one. An offset is applied;
    a value without one is UTC. Hours may have one digit, as exports write them.

    expression: text, date or timestamp
-#}
{% macro safe_cast_timestamp(expression) -%}
    {{ return(adapter.dispatch('safe_cast_timestamp', 'decile')(expression)) }}
{%- endmacro %}

{% macro default__safe_cast_timestamp(expression) -%}
    {{ dbt.safe_cast(expression, dbt.type_timestamp()) }}
{%- endmacro %}

{#- typeof() is folded when a query is planned: what has a type is not read as text. -#}
{% macro duckdb__safe_cast_timestamp(expression) -%}
    {%- set text = 'trim(cast(' ~ expression ~ ' as varchar))' -%}
    case
        when typeof({{ expression }}) in ('TIMESTAMP', 'DATE')
            then try_cast({{ expression }} as timestamp)
        when typeof({{ expression }}) = 'TIMESTAMP WITH TIME ZONE'
            then timezone('UTC', try_cast({{ expression }} as timestamptz))
        when not regexp_matches({{ text }}, '{{ timestamp_pattern() }}') then null
        when regexp_matches({{ text }}, ':.*[+-]')
            then timezone('UTC', try_cast({{ text }} as timestamptz))
        else try_cast({{ text }} as timestamp)
    end
{%- endmacro %}

{#- There is no try_cast before PostgreSQL 16: the pattern vouches for the time of day,
    and jsonpath, which can be told to be silent, for the day. -#}
{% macro postgres__safe_cast_timestamp(expression) -%}
    {%- set text = 'trim(cast(' ~ expression ~ ' as text))' -%}
    case
        when {{ text }} !~ '{{ timestamp_pattern() }}' then null
        when jsonb_path_exists(
            to_jsonb(substring({{ text }} from '^[0-9-]+')),
            '$.datetime("YYYY-MM-DD")', '{}', true
        ) is not true then null
        when {{ text }} ~ ':.*[+-]'
            then cast({{ text }} as timestamp with time zone) at time zone 'UTC'
        else cast({{ text }} as timestamp)
    end
{%- endmacro %}
