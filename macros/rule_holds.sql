{#-
    Whether a rule's comparison holds for the value that was found: the columns operator,
    compared_text, lowest_number and highest_number are the rule's.

    found_text: the value, lower case; null where it is a number
    found_number: the value; null where it is a text
-#}
{% macro rule_holds(found_text, found_number) -%}
    {%- set conditions = comparisons(
        found_text, found_number, 'compared_text', 'lowest_number', 'highest_number'
    ) -%}
    case operator
        {%- for operator, condition in conditions.items() %}
        when '{{ operator }}' then {{ condition }}
        {%- endfor %}
    end
{%- endmacro %}
