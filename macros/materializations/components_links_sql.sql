{#-
    What a query links, of the records in scope.

    query: select of who holds what
    scope: table of the record numbers to link anew
-#}
{% macro components_links_sql(query, scope) -%}
    select given.*
    from ({{ query }}) as given
    inner join {{ scope }} as scope
        on given.record_number = scope.record_number
{%- endmacro %}
