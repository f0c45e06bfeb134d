{#-
    An aggregate over the events of a contact until as_of: how many there were since the last
    one that breaks the run, of all events where none does. What comes at the same moment as
    that one comes before it, so no order of rows decides.

    condition: which events are counted, a boolean expression of their columns
    broken_by: which event breaks the run, a boolean expression of their columns
-#}
{% macro streak(condition, broken_by) -%}
    {{ whole_number(adapter.dispatch('streak', 'decile')(condition, broken_by)) }}
{%- endmacro %}

{#- A text of ones and zeroes in the order of the events: its ones at the end are the run. -#}
{% macro default__streak(condition, broken_by) -%}
    {%- set mark -%}
        case when {{ broken_by }} then '0' when {{ condition }} then '1' end
    {%- endset -%}
    {%- set marks = dbt.listagg(mark, "''", 'order by occurred_at, ' ~ mark ~ ' desc') -%}
    coalesce(length({{ marks }}) - length(rtrim({{ marks }}, '1')), 0)
{%- endmacro %}

{#- Without a sort: the moments of the events, less those up to the last that breaks it. -#}
{% macro duckdb__streak(condition, broken_by) -%}
    coalesce(len(list_filter(
        list(occurred_at) filter (where {{ condition }}),
        lambda moment: coalesce(
            moment > max(case when {{ broken_by }} then occurred_at end), true
        )
    )), 0)
{%- endmacro %}

{% macro spark__streak(condition, broken_by) -%}
    size(filter(
        collect_list(case when {{ condition }} then occurred_at end),
        moment -> coalesce(
            moment > max(case when {{ broken_by }} then occurred_at end), true
        )
    ))
{%- endmacro %}
