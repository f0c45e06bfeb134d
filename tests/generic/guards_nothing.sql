{#-
    Rows of a guard. As a warning it tells at build time what `decile sync` will refuse.
-#}
{% test guards_nothing(model) %}

select *

from {{ model }}

{% endtest %}
