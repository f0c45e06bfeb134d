{#-
    Text in lower case, the same on every engine: what lower() makes of letters beyond
    ASCII depends on the collation in PostgreSQL, so the Latin, Greek and Cyrillic ones are
    named here. DuckDB knows them all, but makes two letters of the dotted İ.

    expression: text
-#}
{% macro lower_text(expression) -%}
    {{ adapter.dispatch('lower_text', 'decile')(expression) }}
{%- endmacro %}

{% macro default__lower_text(expression) -%}
    {%- set upper = 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘ'
        ~ 'ŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƠƯȘȚẞΆΈΉΊΌΎΏΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫ'
        ~ 'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏҐ' -%}
    {%- set lower = 'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįiĵķĺļľŀłńņňŋōŏőœŕŗř'
        ~ 'śŝşšţťŧũūŭůűųŵŷÿźżžơưșțßάέήίόύώαβγδεζηθικλμνξοπρστυφχψωϊϋ'
        ~ 'абвгдежзийклмнопрстуфхцчшщъыьэюяѐёђѓєѕіїјљњћќѝўџґ' -%}
    case
        when {{ matches_regex(expression, '^[ -~]*$') }} then lower({{ expression }})
        else lower(translate({{ expression }}, '{{ upper }}', '{{ lower }}'))
    end
{%- endmacro %}

{% macro duckdb__lower_text(expression) -%}
    lower(replace({{ expression }}, 'İ', 'i'))
{%- endmacro %}
