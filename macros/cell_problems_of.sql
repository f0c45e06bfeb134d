{#-
    The cells of some seeds that are empty, no number of their kind or an unknown name, with what
    is allowed. Takes the place of a select.

    cells: model of the cells, as cells_of() gives them
    names: model of the allowed values of each kind that has a list, kind and allowed_value
-#}
{% macro cell_problems_of(cells, names) -%}
    select distinct
        seed_name,
        coalesce(row_name, '(no name)') as row_name,
        column_name,
        coalesce('"' || cell || '" is not allowed', 'is empty') as problem,
        allowed
    from (
        select
            cells.*,
            coalesce('one of ' || lists.allowed_values, 'a ' || cells.kind) as allowed,
            {{ cell_is_allowed('cells', 'names.allowed_value', 'lists.kind') }} as is_allowed
        from (
            select
                given.*,
                {{ number_or_null('given.cell') }} as cell_number
            from {{ cells }} as given
        ) as cells
        left outer join (
            select
                kind,
                {{ distinct_list('allowed_value') }} as allowed_values
            from {{ names }}
            group by kind
        ) as lists
            on cells.kind = lists.kind
        left outer join {{ names }} as names
            on cells.kind = names.kind and cells.cell = names.allowed_value
    ) as checked
    where
        (cell is null and is_required)
        or (cell is not null and not coalesce(is_allowed, false))
{%- endmacro %}
