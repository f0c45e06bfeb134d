{#-
    A phone number in E.164 (+ and 8 to 15 digits); null where it cannot be one, and where
    it is a placeholder: the same digit throughout, or 1234567 and on. What is in E.164
    stays, whatever the country.

    digits: column with the result of phone_digits()
    dialling: relation with calling_code, trunk_prefix and national_digits of the country
        for numbers without a country prefix; null there leaves them out
-#}
{% macro normalize_phone(digits, dialling) -%}
    {%- set number = phone_with_code(digits, dialling) -%}
    {%- set codes = '1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]'
        ~ '|(2[1-689]|3[578]|42|5[09]|6[7-9]|8[0578]|9[679])[0-9]' -%}
    {%- set repeated = [] -%}
    {%- for digit in range(10) -%}
        {%- do repeated.append(digit ~ '+') -%}
    {%- endfor -%}
    case
        when
            {{ matches_regex(
                number, '^[+](1[2-9][0-9]{9}|[2-9][0-9]{7,14})$'
            ) }}
            and not {{ matches_regex(
                number,
                '^[+](' ~ codes ~ ')(' ~ repeated | join('|')
                ~ '|0?1234567(8(90?)?)?|9876543210?)$'
            ) }}
            and not coalesce(
                {{ dialling }}.trunk_prefix = '0'
                and {{ number }} like '+' || {{ dialling }}.calling_code || '0%',
                false
            )
            then {{ number }}
    end
{%- endmacro %}
