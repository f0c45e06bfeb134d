{#-
    Rows with a null where there must be a value. One test for all such columns of a
    model: each test is a statement, and a hundred of them are half of a build's time.

    columns: names of the columns
-#}
{% test not_null_columns(model, columns) %}

select {{ columns | join(', ') }}

from {{ model }}

where
    {% for column in columns -%}
    {{ 'or ' if not loop.first }}{{ column }} is null
    {% endfor %}

{% endtest %}
