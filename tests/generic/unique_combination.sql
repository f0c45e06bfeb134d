{#-
    Rows that share a combination of columns which should name one row.

    columns: names of the columns that are the key together
-#}
{% test unique_combination(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as rows_with_this_key

from {{ model }}

group by {{ columns | join(', ') }}

having count(*) > 1

{% endtest %}
