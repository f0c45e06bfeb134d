{#-
    Whether a rule's comparison holds for the value that was found: the columns operator,
    compared_text, lowest_number and highest_number are the rule's. Texts are compared in
    lower case; a missing value satisfies `is_null` and nothing else.

    found_text: the value, lower case; null where it is a number
    found_number: the value; null where it is a text
-#}
{% macro rule_holds(found_text, found_number) -%}
    case operator
        when '=' then {{ found_text }} = compared_text or {{ found_number }} = lowest_number
        when '!=' then {{ found_text }} <> compared_text or {{ found_number }} <> lowest_number
        when '>' then {{ found_number }} > lowest_number
        when '>=' then {{ found_number }} >= lowest_number
        when '<' then {{ found_number }} < lowest_number
        when '<=' then {{ found_number }} <= lowest_number
        when 'between' then {{ found_number }} between lowest_number and highest_number
        when 'in' then position('|' || {{ found_text }} || '|' in '|' || compared_text || '|') > 0
        when 'not_in'
            then position('|' || {{ found_text }} || '|' in '|' || compared_text || '|') = 0
        when 'contains' then position(compared_text in {{ found_text }}) > 0
        when 'starts_with' then position(compared_text in {{ found_text }}) = 1
        when 'is_true' then {{ found_text }} = 'true'
        when 'is_null' then {{ found_text }} is null and {{ found_number }} is null
    end
{%- endmacro %}
