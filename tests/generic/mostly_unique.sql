{#-
    Keys of a source that repeat more often than loaders do. A few repeated rows are
    told by the quarantine; many mean that the columns are not the key.

    columns: names of the columns that are the key together
    at_most: share of the rows that may be repetitions
-#}
{% test mostly_unique(model, columns, at_most=0.1) %}

with

rows_by_key as (

    select
        {{ columns | join(', ') }},
        count(*) as copies

    from {{ model }}

    group by {{ columns | join(', ') }}

),

repetitions as (

    select
        sum(copies) as row_count,
        sum(copies) - count(*) as repetition_count

    from rows_by_key

)

select * from repetitions

where repetition_count > {{ at_most }} * row_count

{% endtest %}
