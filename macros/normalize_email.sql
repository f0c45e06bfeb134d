{#-
    An e-mail address as an identifier; null where the text is not exactly one address. In
    lower case, without blanks, `mailto:`, a name with angle brackets, quotes, and a dot or
    comma at the end. Tags after a plus stay, and so do letters beyond ASCII.

    Most addresses are clean, or need a lower() at most. The rest of the cleaning is slow,
    and only the others come that far.

    expression: text
-#}
{% macro normalize_email(expression) -%}
    {%- set lowered = 'lower(trim(' ~ expression ~ '))' -%}
    {%- set around = '[ "' ~ "''" ~ '\u200c\u200d]*' -%}
    {%- set unwrapped = regex_replace(
        lower_text(plain_text(expression)),
        '^([^<]*<)?' ~ around ~ '(mailto:)?' ~ around
    ) -%}
    {%- set cleaned = regex_replace(unwrapped, '[ .,;>"' ~ "''" ~ '\u200c\u200d]+$') -%}
    case
        {%- for text, letters in [
            (expression, ''), (lowered, ''), (cleaned, letters_beyond_ascii())
        ] %}
        when
            {{ matches_regex(text, email_pattern(letters)) }}
            and length({{ text }}) <= 254
            and position('@' in {{ text }}) <= 65
            then {{ text }}
        {%- endfor %}
    end
{%- endmacro %}
