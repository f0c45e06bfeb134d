with

-- Few programs are behind many events: each is compared with the patterns once.
agents as (

    select distinct
        user_agent,
        lower(trim(user_agent)) as agent_text

    from {{ ref('source_events') }}

    where user_agent is not null

),

bot_agents as (

    select
        pattern,
        compared,
        kind

    from {{ ref('bot_agents') }}

),

agents_matched as (

    select
        agents.user_agent,
        bot_agents.kind

    from agents

    inner join bot_agents
        on case bot_agents.compared
            when 'whole' then agents.agent_text = bot_agents.pattern
            else {{ dbt.position('bot_agents.pattern', 'agents.agent_text') }} > 0
        end

),

machine_agents as (

    select
        user_agent,
        case
            when {{ count_when("kind = 'scanner'") }} > 0 then 'scanner_agent'
            when {{ count_when("kind = 'crawler'") }} > 0 then 'crawler_agent'
            else 'privacy_proxy'
        end as exclusion_reason

    from agents_matched

    group by user_agent

)

select * from machine_agents
