{#-
    The rows of the records in scope.

    rows: table, or select in brackets, with a record_number
    scope: table of the records to link anew
-#}
{% macro components_in_scope_sql(rows, scope) -%}
    select given.*
    from {{ rows }} as given
    inner join {{ scope }} as scope
        on given.record_number = scope.record_number
{%- endmacro %}
