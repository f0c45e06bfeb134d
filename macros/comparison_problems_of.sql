{#-
    The comparisons of some seeds that do not go with their column or their value, with what is
    allowed. Takes the place of a select.

    comparisons: relation with seed_name, row_name, compared, operator and value
    numbers: the names, among those compared, of what is a number
-#}
{% macro comparison_problems_of(comparisons, numbers) -%}
    select distinct
        seed_name,
        coalesce(row_name, '(no name)') as row_name,
        'value' as column_name,
        problem,
        'a number, a text, low|high for between, or a|b|c for in and not_in' as allowed
    from (
        select
            seed_name,
            row_name,
            {{ comparison_mistake() }} as problem
        from (
            select
                {{ comparisons }}.*,
                compared in ('{{ numbers | join("', '") }}') as is_number,
                {{ number_or_null(dbt.split_part('value', "'|'", 1)) }} as lowest_number,
                {{ number_or_null(dbt.split_part('value', "'|'", 2)) }} as highest_number,
                {{ number_or_null('value') }} as only_number
            from {{ comparisons }}
        ) as typed
    ) as judged
    where problem is not null
{%- endmacro %}
