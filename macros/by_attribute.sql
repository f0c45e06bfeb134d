{#-
    The column of an attribute, chosen row by row.

    attribute: column with the name of the attribute
    relation: name of the CTE or table whose columns they are
    suffix: what the columns' names have behind the attribute's; none by default
    as_text: whether to cast them to text
-#}
{% macro by_attribute(attribute, relation, suffix='', as_text=false) -%}
    case {{ attribute }}
    {%- for name in contact_attributes() %}
        {%- set column = relation ~ '.' ~ name ~ suffix %}
        when '{{ name }}'
            then {{ 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' if as_text else column }}
    {%- endfor %}
    end
{%- endmacro %}
