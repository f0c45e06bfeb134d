{#-
    A phone number in E.164 (+ and 8 to 15 digits); null where it cannot be one. A number
    without a country prefix gets the calling code given, and loses its trunk zero.

    expression: text
    calling_code: text expression, digits; null leaves national numbers out
-#}
{% macro normalize_phone(expression, calling_code) -%}
    case
        when {{ matches_regex(phone_digits(expression), '^[+][1-9][0-9]{7,14}$') }}
            then {{ phone_digits(expression) }}
        when
            {{ matches_regex(phone_digits(expression), '^0*[1-9][0-9]{5,13}$') }}
            and length({{ phone_digits(expression) }}) between 7 and 14
            then
                '+' || {{ calling_code }} || {{ regex_replace(
                    phone_digits(expression), '^0+'
                ) }}
    end
{%- endmacro %}
