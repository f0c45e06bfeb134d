{#-
    What is wrong with a comparison of a seed, as an expression; null if nothing is. Its columns:
    compared, operator, value, is_number (whether the compared column is one of numbers), and
    what the value is as numbers: lowest_number, highest_number and only_number.
-#}
{% macro comparison_mistake() -%}
    case
        when (compared is null) <> (operator is null)
            then 'has a column to compare or an operator, and lacks the other'
        when operator in ('is_true', 'is_null') and value is not null
            then 'compares with a value, but ' || operator || ' takes none'
        when operator not in ('is_true', 'is_null') and value is null
            then operator || ' has no value to compare with'
        when
            operator = 'between'
            and not coalesce(lowest_number <= highest_number, false)
            then 'between needs two numbers, the lower one first'
        when operator in ('>', '>=', '<', '<=') and only_number is null
            then operator || ' needs a number'
        when operator in ('>', '>=', '<', '<=', 'between') and not is_number
            then operator || ' needs a column of numbers'
        when
            operator in ('in', 'not_in', 'contains', 'starts_with', 'is_true')
            and is_number
            then operator || ' needs a column of texts'
        when operator in ('=', '!=') and is_number and only_number is null
            then operator || ' needs a number'
    end
{%- endmacro %}
