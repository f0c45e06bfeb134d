{#-
    How often something happened and how long ago the last time was, as the middle of a
    sentence: ' 3 times, last 2 days ago', ' once, today'.

    occurrences: whole number
    last_occurred_at: timestamp, at or before as_of()
-#}
{% macro times_and_age(occurrences, last_occurred_at) -%}
    {%- set days_ago = whole_number(
        'floor(' ~ days_between(last_occurred_at, as_of()) ~ ')'
    ) -%}
    case
        when {{ occurrences }} = 1 then ' once, '
        else ' ' || cast({{ occurrences }} as {{ dbt.type_string() }}) || ' times, last '
    end
    || case {{ days_ago }}
        when 0 then 'today'
        when 1 then 'yesterday'
        else cast({{ days_ago }} as {{ dbt.type_string() }}) || ' days ago'
    end
{%- endmacro %}
