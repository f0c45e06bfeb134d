{#-
    What makes a sync write to a wrong record, or to one record twice: rows without a
    key, and keys, record ids and unique keys that repeat. One test for all of these.

    key: column that names a row for ever
    record_id: column with the destination's own id of the record; none if there is none
    unique_key: column with our own unique property's value; none if there is none
-#}
{% test sync_keys(model, key, record_id=none, unique_key=none) %}

select
    '{{ key }}' as key_column,
    cast({{ key }} as {{ dbt.type_string() }}) as key_value,
    count(*) as rows_with_this_key

from {{ model }}

group by {{ key }}

having count(*) > 1 or {{ key }} is null

{% for column in [record_id, unique_key] if column -%}
union all

select
    '{{ column }}' as key_column,
    cast({{ column }} as {{ dbt.type_string() }}) as key_value,
    count(*) as rows_with_this_key

from {{ model }}

where {{ column }} is not null

group by {{ column }}

having count(*) > 1

{% endfor %}

{% endtest %}
