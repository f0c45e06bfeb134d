{#-
    The digits of a phone number with + and a calling code before them, unchecked. Without
    a country prefix the number is one of the country given, in which its trunk prefix is
    left out: a zero always, any other where the number is too long by just that.

    digits: column with the result of phone_digits()
    dialling: relation with calling_code, trunk_prefix and national_digits of the country
-#}
{% macro phone_with_code(digits, dialling) -%}
    {%- set code = dialling ~ '.calling_code' -%}
    {%- set trunk = dialling ~ '.trunk_prefix' -%}
    {%- set count = dialling ~ '.national_digits' -%}
    case
        when {{ digits }} like '+%'
            then
                case
                    when {{ trunk }} = '0' and {{ digits }} like '+' || {{ code }} || '0%'
                        then '+' || {{ code }} || substr({{ digits }}, length({{ code }}) + 3)
                    else {{ digits }}
                end
        when {{ code }} = '1' and {{ digits }} like '011%'
            then '+' || substr({{ digits }}, 4)
        when
            {{ digits }} like {{ code }} || '%'
            and length({{ digits }}) = length({{ code }}) + {{ count }}
            then '+' || {{ digits }}
        when
            {{ digits }} like {{ trunk }} || '%'
            and (
                {{ trunk }} like '0%'
                or length({{ digits }}) = length({{ trunk }}) + {{ count }}
            )
            and length({{ digits }}) - length({{ trunk }})
            = coalesce({{ count }}, length({{ digits }}) - length({{ trunk }}))
            then '+' || {{ code }} || substr({{ digits }}, length({{ trunk }}) + 1)
        when length({{ digits }}) = coalesce({{ count }}, length({{ digits }}))
            then '+' || {{ code }} || {{ digits }}
    end
{%- endmacro %}
