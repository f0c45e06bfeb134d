{#-
    A person's name as it is shown: without blanks around it, one space between its words;
    null where it is a placeholder or has no letter. Upper and lower case stay as given:
    O'NEIL, MacDonald and van den Berg cannot be told from each other by a rule.

    expression: text
-#}
{% macro normalize_name(expression) -%}
    {%- set spaced = 'trim(' ~ regex_replace(plain_text(expression), ' +', ' ') ~ ')' -%}
    {%- set placeholders = 'n/a|n[.]a[.]?|k[.]a[.]?|anonymous|(first|last|no)?[ _-]?name|guest'
        ~ '|inconnu|nachname|vorname|nan|nil|none|not (available|provided)|null|tbd|test'
        ~ '|undefined|unbekannt|unknown|desconocido|sconosciuto|xxx+' -%}
    {%- set nobody = '^[^a-z\u00aa-\U0010ffff]*((' ~ placeholders
        ~ ')[^a-z\u00aa-\U0010ffff]*)?$' -%}
    case
        when {{ matches_regex('lower(' ~ expression ~ ')', nobody) }} then null
        when {{ matches_regex(expression, "^[A-Za-z]+([ ''-][A-Za-z]+)*$") }}
            then {{ expression }}
        when {{ matches_regex(lower_text(spaced), nobody) }} then null
        else {{ spaced }}
    end
{%- endmacro %}
