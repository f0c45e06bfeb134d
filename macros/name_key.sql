{#-
    A name for comparing: its letters alone, in lower case and without their accents, so
    that "Müller, José" and "muller jose" are the same. Letters of other scripts stay; ß, æ
    and œ are written out. Empty if there is no letter.

    expression: text; several parts are joined with ||
-#}
{% macro name_key(expression) -%}
    {%- set accented = 'àáâãäåāăąǎçćĉċčðďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľŀłñńņňŋòóôõöøōŏőơ'
        ~ 'ŕŗřśŝşšșţťŧțùúûüũūŭůűųưŵýÿŷźżžάέήίόύώϊϋΐΰςё' -%}
    {%- set base = 'aaaaaaaaaacccccdddeeeeeeeeegggghhiiiiiiiiijklllllnnnnnoooooooooo'
        ~ 'rrrsssssttttuuuuuuuuuuuwyyyzzzαεηιουωιυιυσе' -%}
    {%- set lowered = lower_text(plain_text(expression)) -%}
    case
        when
            {{ matches_regex(expression, '^[A-Za-z -]*$') }}
            then replace(replace(lower({{ expression }}), ' ', ''), '-', '')
        else
            {{ regex_replace(
                "replace(replace(replace(translate(" ~ lowered ~ ", '" ~ accented ~ "', '"
                ~ base ~ "'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')",
                '[^a-z\u00df-\u00f6\u00f8-\u02ff\u0370-\u1fff\u2c00-\u2dff\u3041-\ud7ff'
                ~ '\uf900-\ufdff\ufe70-\ufefc\uff66-\uffdc\U00010000-\U0001efff'
                ~ '\U00020000-\U000323af]'
            ) }}
    end
{%- endmacro %}
