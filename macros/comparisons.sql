{#-
    What each operator of a rule means, as conditions by operator. Texts are compared in lower
    case, booleans are the texts true and false; a missing value satisfies `is_null` and nothing
    else.

    found_text: the value, lower case, null where it is a number; none if it is one for sure
    found_number: the value, null where it is a text; none if it is one for sure
    compared_text: what to compare a text with, lower case
    lowest_number: what to compare a number with, the lower one of between
    highest_number: the higher number of between
-#}
{% macro comparisons(found_text, found_number, compared_text, lowest_number, highest_number) -%}
    {%- set pairs = [(found_text, compared_text), (found_number, lowest_number)] -%}
    {%- set equal, unequal, missing = [], [], [] -%}
    {%- for found, compared in pairs if found is not none -%}
        {%- do equal.append(found ~ ' = ' ~ compared) -%}
        {%- do unequal.append(found ~ ' <> ' ~ compared) -%}
        {%- do missing.append(found ~ ' is null') -%}
    {%- endfor -%}
    {%- set conditions = {
        '=': equal | join(' or '),
        '!=': unequal | join(' or '),
        'is_null': missing | join(' and '),
    } -%}
    {%- if found_number is not none -%}
        {%- for operator in ('>', '>=', '<', '<=') -%}
            {%- set condition = [found_number, operator, lowest_number] | join(' ') -%}
            {%- do conditions.update({operator: condition}) -%}
        {%- endfor -%}
        {%- do conditions.update({
            'between': found_number ~ ' between ' ~ lowest_number ~ ' and ' ~ highest_number,
        }) -%}
    {%- endif -%}
    {%- if found_text is not none -%}
        {%- set place = "position('|' || " ~ found_text ~ " || '|' in '|' || "
            ~ compared_text ~ " || '|')" -%}
        {%- do conditions.update({
            'in': place ~ ' > 0',
            'not_in': place ~ ' = 0',
            'contains': 'position(' ~ compared_text ~ ' in ' ~ found_text ~ ') > 0',
            'starts_with': 'position(' ~ compared_text ~ ' in ' ~ found_text ~ ') = 1',
            'is_true': found_text ~ " = 'true'",
        }) -%}
    {%- endif -%}
    {{ return(conditions) }}
{%- endmacro %}
